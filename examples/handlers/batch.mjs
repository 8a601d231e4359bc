export const options = { batchSize: 500, lingerMs: 10 }

export const batch = async messages => {
  const bad = messages.filter(message => message.value === null)
  // Your work on the others: one statement for all of them, with message.id under a unique key.
  return bad.map(({ id }) => ({ id, ok: false, error: 'no value', retry: false }))
}
