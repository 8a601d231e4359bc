import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KafkaLab } from '../../src/lab/kafka/options.js'

const MODULES: Readonly<Record<string, string>> = {
  plain: 'org.apache.kafka.common.security.plain.PlainLoginModule',
  'scram-sha-256': 'org.apache.kafka.common.security.scram.ScramLoginModule',
  'scram-sha-512': 'org.apache.kafka.common.security.scram.ScramLoginModule',
}

/** Writes a client.properties for Kafka's Java tools that logs in to this lab; returns its path. */
export async function clientProperties(lab: KafkaLab, who: { user: string; password: string }): Promise<string> {
  const { sasl } = lab.settings
  const lines = [`security.protocol=${sasl ? 'SASL_' : ''}${lab.caFile ? 'SSL' : 'PLAINTEXT'}`]
  if (lab.caFile) lines.push('ssl.truststore.type=PEM', `ssl.truststore.location=${lab.caFile}`)
  if (sasl) {
    const login = `username="${who.user}" password="${who.password}"`
    lines.push(`sasl.mechanism=${sasl.mechanism.toUpperCase()}`)
    lines.push(`sasl.jaas.config=${MODULES[sasl.mechanism]} required ${login};`)
  }
  const file = join(lab.dataDir, `client-${who.user}-${who.password.length}.properties`)
  await writeFile(file, `${lines.join('\n')}\n`)
  return file
}
