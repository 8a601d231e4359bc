/** Groups the digits of a whole number by thousands: `12,345,678`. */
export const formatCount = (count: bigint | number): string =>
  (typeof count === 'bigint' ? count : BigInt(Math.round(count))).toString().replace(/\B(?=(\d{3})+$)/g, ',')

/** Messages a second in three digits or so: `3,000/s`, `12.5/s`, `0/s`. */
export const formatRate = (perSecond: number): string =>
  perSecond !== 0 && Math.abs(perSecond) < 100 ? `${trim(perSecond)}/s` : `${formatCount(perSecond)}/s`

const trim = (value: number): string => value.toFixed(Math.abs(value) < 1 ? 2 : 1).replace(/\.?0+$/, '')

const SECONDS = { d: 86_400, h: 3600, min: 60 } as const

/** A length of time in its two largest units: `2 d 3 h`, `2 h 47 min`, `5 min 57 s`, `12 s`, `0.4 s`. */
export const formatDuration = (seconds: number): string => {
  const whole = Math.max(0, seconds)
  if (whole > 0 && whole < 10) return `${trim(whole)} s`
  if (whole >= 99 * SECONDS.d) return `${formatCount(whole / SECONDS.d)} d`
  if (whole >= SECONDS.d) return pair(whole / SECONDS.h, 24, ['d', 'h'])
  if (whole >= SECONDS.h) return pair(whole / SECONDS.min, 60, ['h', 'min'])
  if (whole >= 2 * SECONDS.min) return pair(whole, 60, ['min', 's'])
  return `${Math.round(whole)} s`
}

const pair = (small: number, base: number, [large, unit]: readonly [string, string]): string => {
  const rounded = Math.round(small)
  const rest = rounded % base
  return `${Math.floor(rounded / base)} ${large}${rest === 0 ? '' : ` ${rest} ${unit}`}`
}

const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** Bytes in binary units: `512 B`, `1.5 KiB`, `37 GiB`. */
export const formatBytes = (bytes: bigint | number): string => {
  const value = Number(bytes)
  const power = Math.min(BYTES.length - 1, Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 10))
  const scaled = value / 1024 ** power
  return `${power === 0 || scaled >= 100 ? Math.round(scaled) : trim(scaled)} ${BYTES[power]}`
}
