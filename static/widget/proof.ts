import type { Challenge } from './api'

// SHA-256 (FIPS 180-4). Pages without TLS have no crypto.subtle, and where
// there is one, asking it for one short hash takes longer than hashing.

type Hash = number[] // eight words

const fraction = (root: number) => (root % 1) * 2 ** 32 | 0

// The first 64 primes make the constants (§4.2.2, §5.3.3).
const initial: Hash = []
const constants: number[] = []
for (let n = 2; constants.length < 64; n++) {
  let divisor = 2
  while (n % divisor) divisor++
  if (divisor < n) continue
  if (initial.length < 8) initial.push(fraction(Math.sqrt(n)))
  constants.push(fraction(Math.cbrt(n)))
}

const turn = (x: number, by: number) => x >>> by | x << 32 - by

/** Goes on from a hash with one block, whose words it overwrites (§6.2.2). */
function compress(hash: Hash, w: number[]): Hash {
  let [a, b, c, d, e, f, g, h] = hash as [number, number, number, number, number, number, number, number]
  for (let i = 0; i < 64; i++) {
    if (i > 15) {
      const x = w[i - 15]!
      const y = w[i - 2]!
      w[i] = w[i - 16]! + w[i - 7]! + (turn(x, 7) ^ turn(x, 18) ^ x >>> 3) + (turn(y, 17) ^ turn(y, 19) ^ y >>> 10) | 0
    }
    const one = h + w[i]! + constants[i]! + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (e & f ^ ~e & g) | 0
    const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (a & b ^ a & c ^ b & c)
    h = g
    g = f
    f = e
    e = d + one | 0
    d = c
    c = b
    b = a
    a = one + two | 0
  }
  const sums = [a, b, c, d, e, f, g, h]
  return hash.map((word, i) => word + sums[i]! | 0)
}

const block = 64 // bytes

/** Words of a block's worth of ASCII text. */
function wordsOf(text: string, from: number): number[] {
  const words = new Array<number>(16).fill(0)
  for (let i = from; i < Math.min(from + block, text.length); i++) {
    words[(i - from) >> 2]! |= text.charCodeAt(i) << 24 - i % 4 * 8
  }
  return words
}

/** Hashes what stands before and remains the same: its whole blocks. Returns how a text that begins so is hashed. */
export function hasher(before: string): (text: string) => Hash {
  const whole = before.length - before.length % block
  let start = initial
  for (let i = 0; i < whole; i += block) start = compress(start, wordsOf(before, i))
  return text => {
    let hash = start
    const end = text.length + 9 // with the mark and the length
    for (let i = whole; i < end; i += block) {
      const words = wordsOf(text, i)
      if (text.length >= i && text.length < i + block) words[(text.length - i) >> 2]! |= 128 << 24 - text.length % 4 * 8
      if (end <= i + block) words[15] = text.length * 8
      hash = compress(hash, words)
    }
    return hash
  }
}

/** How long one slice of work may take, in milliseconds: too short to be felt while typing. */
const slice = 5

/** Finds the number that a challenge asks for, in slices; the host's policy lets no worker in. */
export function solve({ algorithm, challenge, maxNumber, salt, signature }: Challenge): Promise<string> {
  const wanted = challenge.match(/.{8}/g)!.map(word => parseInt(word, 16) | 0)
  const hash = hasher(salt)
  let number = 0
  return new Promise((resolve, reject) => {
    const work = () => {
      for (const end = performance.now() + slice; performance.now() < end && number <= maxNumber; number++) {
        const found = hash(salt + number)
        if (wanted.every((word, i) => word === found[i])) {
          return resolve(btoa(JSON.stringify({ algorithm, challenge, number, salt, signature })))
        }
      }
      if (number > maxNumber) reject(new Error('no number solves it'))
      else setTimeout(work)
    }
    work()
  })
}
