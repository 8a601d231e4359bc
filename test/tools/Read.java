/*
 * Prints every record of a topic with Kafka's own Java client, a JSON line each: an independent reader for the tests.
 *
 *   java -cp 'LIBS/*' test/tools/Read.java BROKERS TOPIC GROUP
 *
 * Starts where the group stands, at the beginning where it has no offset, and ends at the last stable offset, under
 * read_committed. It is assigned its partitions: it joins no group and commits nothing.
 *
 * Prints {"partition","key","value","headers":[[name, value],...]} in the order of each partition. Keys, values and the
 * values of headers are base64, or null.
 */
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

public class Read {
  static String text(byte[] bytes) {
    return bytes == null ? "null" : '"' + Base64.getEncoder().encodeToString(bytes) + '"';
  }

  static String name(String text) {
    return text(text.getBytes(StandardCharsets.UTF_8));
  }

  static String line(ConsumerRecord<byte[], byte[]> r) {
    StringJoiner headers = new StringJoiner(",", "[", "]");
    for (Header each : r.headers()) headers.add("[" + name(each.key()) + "," + text(each.value()) + "]");
    return String.format("{\"partition\":%d,\"key\":%s,\"value\":%s,\"headers\":%s}",
        r.partition(), text(r.key()), text(r.value()), headers);
  }

  static KafkaConsumer<byte[], byte[]> connect(String brokers, String group) {
    Properties p = new Properties();
    p.put("bootstrap.servers", brokers);
    p.put("group.id", group);
    p.put("enable.auto.commit", "false");
    p.put("isolation.level", "read_committed");
    p.put("allow.auto.create.topics", "false");
    p.put("key.deserializer", ByteArrayDeserializer.class.getName());
    p.put("value.deserializer", ByteArrayDeserializer.class.getName());
    return new KafkaConsumer<>(p);
  }

  public static void main(String[] args) throws Exception {
    StringBuilder out = new StringBuilder();
    try (KafkaConsumer<byte[], byte[]> consumer = connect(args[0], args[2])) {
      List<TopicPartition> all = consumer.partitionsFor(args[1]).stream()
          .map(each -> new TopicPartition(args[1], each.partition())).toList();
      Map<TopicPartition, Long> ends = consumer.endOffsets(all), starts = consumer.beginningOffsets(all);
      Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(new HashSet<>(all));
      consumer.assign(all);
      for (TopicPartition each : all)
        consumer.seek(each, committed.get(each) == null ? starts.get(each) : committed.get(each).offset());
      // The position passes markers, which are never handed out.
      while (all.stream().anyMatch(each -> consumer.position(each) < ends.get(each)))
        for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(200)))
          if (each.offset() < ends.get(new TopicPartition(args[1], each.partition()))) out.append(line(each)).append('\n');
    }
    System.out.print(out);
    System.out.flush();
  }
}
