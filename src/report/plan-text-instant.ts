/** A moment to the minute, in UTC and in a zone where that differs: `2026-01-02 03:04 UTC (04:04 Europe/Berlin)`. */
export const instant = (iso: string, zone: string): string => {
  const utc = minute(new Date(iso), 'UTC')
  const local = minute(new Date(iso), zone)
  if (zone === 'UTC' || zone === 'Etc/UTC') return `${utc} UTC`
  return `${utc} UTC (${local.slice(0, 10) === utc.slice(0, 10) ? local.slice(11) : local} ${zone})`
}

// The Swedish locale writes dates as ISO 8601 does.
const minute = (date: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(date)
