const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}(:\d{2}(:\d{2}(\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i
const CLOCK = /^\d{1,2}:\d{2}(:\d{2})?$/
const WORDS = new Set(['today', 'yesterday', 'tomorrow'])

/** True for what a person writes for a point in time (`2025-03-01T02:00Z`, `02:30`, `yesterday`), so that a flag can refuse it. */
export const looksLikeTime = (text: string): boolean =>
  DATE.test(text.trim()) || CLOCK.test(text.trim()) || WORDS.has(text.trim().toLowerCase())
