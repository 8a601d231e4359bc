import { maskAddress } from '../core/address.js'
import { type Detail, SpillwayError, UserError } from '../errors.js'

type Problem = Detail & { readonly hint: string }

/** Collects what is wrong with a command line, so that all of it is said at once. */
export class Problems {
  readonly #found: Problem[] = []

  /** `at` is the flag or argument, `hint` what to write instead. */
  add(at: string, message: string, hint = ''): void {
    this.#found.push({ at, message: maskAddress(message), hint })
  }

  /** Parses a flag's text; undefined where it was not given or is wrong, and then the problem is kept. */
  read<T>(at: string, text: string | undefined, parse: (text: string) => T): T | undefined {
    if (text === undefined || text === '') return undefined
    try {
      return parse(text)
    } catch (error) {
      if (!(error instanceof SpillwayError)) throw error
      this.add(at, error.message, error.hint)
      return undefined
    }
  }

  /** At most one of the flags may be given. */
  exclusive(given: Readonly<Record<string, unknown>>): void {
    const names = Object.keys(given).filter(name => given[name] !== undefined && given[name] !== false)
    if (names.length > 1) this.add(names[1] ?? '', `${names.join(' and ')} exclude each other`, `Give one of them.`)
  }

  /** Throws the problems found so far, as one UserError. */
  raise(): void {
    const [first, ...others] = this.#found
    if (!first) return
    if (others.length === 0)
      throw new UserError(`${first.at}: ${first.message}`, { hint: first.hint, details: [detail(first)] })
    throw new UserError(`${this.#found.length} problems with the command line`, {
      hint: 'Nothing was started. `spillway VERB --help` shows the flags.',
      details: this.#found.map(detail),
    })
  }

  /** Raises what was found; else returns the value, which was read last and is needed. */
  finish<T>(at: string, value: T | undefined): T {
    this.raise()
    if (value === undefined) throw new UserError(`${at} is missing`, { hint: `Give ${at}; \`--help\` shows examples.` })
    return value
  }
}

const detail = ({ at, message, hint }: Problem): Detail => ({
  ...(at === undefined ? {} : { at }),
  message: hint === '' ? message : `${message}. ${hint}`,
})
