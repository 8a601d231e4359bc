/** The envelope of the contract that a run of Spillway printed; a crash may leave half a line, which is then no envelope. */
export function envelopeOf(stdout) {
  try {
    return JSON.parse(stdout)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** What is wrong with the balance sheet of a run that should have read and written so many; undefined where nothing is. */
export function wrongSheet(stdout, records) {
  const envelope = envelopeOf(stdout)
  if (!envelope?.ledger) return 'no envelope on stdout'
  const { read, written, parked, dropped } = envelope.ledger
  const exact = Number(read) === records && Number(written) === records && Number(parked) + Number(dropped) === 0
  if (envelope.state !== 'complete' || envelope.balanced !== true || !exact)
    return `state ${envelope.state}, balanced ${envelope.balanced}, ledger ${JSON.stringify(envelope.ledger)}`
  return undefined
}
