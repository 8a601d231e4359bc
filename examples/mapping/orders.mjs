// Integers come as BigInt, NUMERIC and JSON as text; a column that is not there throws.
export const map = (row, { json }) => ({
  key: row.customer_id,
  value: {
    orderId: row.id,
    total: Number(row.amount),
    details: json(row.details),
  },
  headers: { 'event-type': row.cancelled ? 'OrderCancelled' : 'OrderPlaced', tenant: row.tenant },
  contentType: 'application/json',
})
