/** How far below what can be seen something may be when it is made, in pixels. */
export const ahead = 600

/** Calls back whenever an element has come near to what can be seen. */
export function near(element: Element, come: () => void): IntersectionObserver {
  const observer = new IntersectionObserver(seen => seen.at(-1)!.isIntersecting && come(), { rootMargin: ahead + 'px' })
  observer.observe(element)
  return observer
}
