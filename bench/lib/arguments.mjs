/** Looks up comma-separated names; throws naming the known ones. `all` is every one. */
export function names(list, known, flag) {
  const wanted = list === 'all' ? Object.keys(known) : list.split(',')
  const strange = wanted.filter(name => !(name in known))
  if (strange.length > 0)
    throw new Error(`${flag}: no ${strange.join(', ')}; there are ${Object.keys(known).join(', ')}`)
  return wanted.map(name => known[name])
}

/** A number above 0. Throws naming the flag. */
export function positive(text, flag) {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`${flag} must be a number above 0, not ${text}`)
  return value
}
