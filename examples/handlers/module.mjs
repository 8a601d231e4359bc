export default async (message, context) => {
  if (message.value === null) context.park('no value')
  const order = JSON.parse(message.value)
  if (order.busy) context.retryLater(1000, 'the service is busy')
  // Your work: one transaction, with message.id under a unique key. Pass context.signal to what can be aborted.
}
