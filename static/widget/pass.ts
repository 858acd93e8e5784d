import type { Challenge } from './api'

/** Gets a challenge for a key, tells of it, and does the work. */
export type Prove = (key: string, told: (challenge: Challenge) => void) => Promise<string>

/** How old a proof may be when typing goes on, in milliseconds; the service takes it for longer. */
const fresh = 10 * 60 * 1000

/** A name for one draft, by which the service knows it when it comes again: 160 bits. Pages without TLS have no randomUUID. */
const idempotencyKey = () => crypto.getRandomValues(new Uint32Array(5)).join('-')

/** What a new comment goes with: a key, and work that was done for that key. */
export class Pass {
  readonly #prove: Prove
  readonly #told: (challenge: Challenge) => void
  key: string
  #asked = 0 // when the last challenge was
  #proof = Promise.resolve('')

  /** Goes on with the key of an earlier try, if there is one. */
  constructor(key: string | undefined, prove: Prove, told: (challenge: Challenge) => void) {
    this.key = key ?? idempotencyKey()
    this.#prove = prove
    this.#told = told
  }

  /** Begins with what takes a while; to be called whenever something is typed. */
  prepare(): void {
    if (Date.now() - this.#asked < fresh) return
    this.#asked = Date.now()
    this.#proof = this.#prove(this.key, this.#told).catch(() => '') // without it a moderator decides
  }

  async take(): Promise<{ key: string; proof: string }> {
    this.prepare()
    const proof = await this.#proof
    if (!proof) this.#asked = 0 // whoever tries again may have more luck
    return { proof, key: this.key }
  }

  /** Makes the next one another comment's. */
  renew(): void {
    this.key = idempotencyKey()
    this.#asked = 0
  }
}
