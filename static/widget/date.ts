const units = [['year', 31557600], ['month', 2629800], ['week', 604800], ['day', 86400], ['hour', 3600], ['minute', 60]] as const

/** Returns what has an element say how long ago its moment was, and exactly when by the reader's own clock. */
export function clock(lang: string): (time: HTMLTimeElement) => void {
  // To make one of these takes longer than to use it a hundred times.
  const relative = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' })
  const exact = new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeStyle: 'short' })
  return time => {
    const moment = Date.parse(time.dateTime)
    const seconds = Math.max(0, Date.now() - moment) / 1000
    const [unit, size] = units.find(([, size]) => seconds >= size) ?? units[5]
    time.title = exact.format(moment)
    time.textContent = relative.format(-Math.trunc(seconds / size), unit)
  }
}
