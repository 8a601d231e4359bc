import { commit, machine } from '../../lib/machine.mjs'

/** What a reader must know of machine and software before comparing figures. */
export const facts = ({ tools, broker }) => ({
  ...machine(),
  rabbitmq: broker.version,
  erlang: broker.erlang,
  amqplib: tools.amqplib ?? 'absent',
  'rabbitmq-client': tools.rabbitmqClient ?? 'absent',
  go: tools.go ?? 'absent: no digests',
  commit: commit(),
})
