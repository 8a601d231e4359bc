/** A moment in UTC, and in the zone of this machine where that differs: `2026-01-02 03:04:05 UTC (04:04:05 Europe/Berlin)`. */
export const formatTime = (at: Date | string, zone: string = localZone()): string => {
  const date = typeof at === 'string' ? new Date(at) : at
  if (Number.isNaN(date.getTime())) return 'unknown'
  const utc = date.toISOString().slice(0, 19).replace('T', ' ')
  if (zone === 'UTC' || zone === 'Etc/UTC') return `${utc} UTC`
  const local = inZone(date, zone)
  const shown = local.slice(0, 10) === utc.slice(0, 10) ? local.slice(11) : local
  return `${utc} UTC (${shown} ${zone})`
}

/** The IANA name of this machine's zone. */
export const localZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone

// The Swedish locale writes dates as ISO 8601 does.
const inZone = (date: Date, zone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(date)
