import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'

const schedule = RequestQueue.prototype.scheduleCheckPendingRequests

function scheduleWhilePending(this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this)
}

/**
 * kafkajs 2.2.4 schedules its check with a negative delay when nothing is pending: a 1 ms timer that never rests, and a
 * TimeoutNegativeWarning on newer Node (kafkajs #1751). From here on it schedules only while something waits.
 */
export function quietRequestQueues(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = scheduleWhilePending
}
