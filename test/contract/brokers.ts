import type { Broker } from './broker.js'
import { kafka } from './kafka.js'
import { rabbitmq } from './rabbitmq.js'

/** Every broker that Spillway works on; none is skipped. */
export const brokers: readonly Broker[] = [kafka, rabbitmq]
