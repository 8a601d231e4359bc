/*
 * Writes awkward records with Kafka's own Java client, as applications do.
 *
 *   java -cp 'LIBS/*' test/tools/Produce.java BROKERS TOPIC KIND [OPTIONS]
 *
 * KIND
 *   plain         N records: key customer-I (I = number mod --keys), value: 12-digit number and padding.
 *   awkward       N records that go round null, empty and binary keys, null and empty values, headers that are null, empty,
 *                 doubled, nameless, not ASCII or named __proto__. (--no-null-keys for a compacted topic.)
 *   huge          N records, each alone in a batch of exactly --batch-bytes before compression.
 *   transactions  --rounds transactions of N records each, committed and aborted in turn, the last committed; in aborted
 *                 ones each 10th record has a key of four zero bytes. Aborted numbers begin at 900000000000.
 *   hang          begins a transaction, sends N records, flushes, prints, and halts at once: the transaction stays open
 *                 until --timeout-ms (60000). Its numbers begin at 950000000000.
 * OPTIONS
 *   --records N (100)   --codec none|gzip|snappy|lz4|zstd|all (none; all: N records with each)   --keys N (50)
 *   --size BYTES (100)  --batch-bytes B (1048588)  --rounds N (4)  --first N (0): first number
 *   --partition P       all to this partition      --timestamp MS: of every record (default: now)
 *   --batch-size B (16384)   --linger MS (5)       --transactional-id ID (produce-java)
 *   --timeout-ms MS (60000): of transactions       --config FILE: properties for the client (SASL, TLS, overrides)
 *
 * Prints one line of JSON: {"kind","written","aborted","open"}, after the broker has acknowledged (acks=all).
 */
import java.io.FileReader;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public class Produce {
  static final long FIRST_ABORTED = 900000000000L;
  static final long FIRST_OPEN = 950000000000L;
  static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");

  final Map<String, String> options = new HashMap<>();
  final String brokers, topic, kind;
  final List<Future<RecordMetadata>> sent = new ArrayList<>();
  long written, aborted, open;

  Produce(String[] args) {
    List<String> plain = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--no-null-keys")) options.put(args[i], "");
      else if (args[i].startsWith("--")) options.put(args[i], args[++i]);
      else plain.add(args[i]);
    }
    brokers = plain.get(0);
    topic = plain.get(1);
    kind = plain.get(2);
  }

  long option(String name, long otherwise) {
    return Long.parseLong(options.getOrDefault(name, String.valueOf(otherwise)));
  }

  KafkaProducer<byte[], byte[]> producer(String codec, boolean transactional) throws Exception {
    Properties p = new Properties();
    p.put("bootstrap.servers", brokers);
    p.put("acks", "all");
    p.put("compression.type", codec);
    p.put("batch.size", kind.equals("huge") ? "1" : String.valueOf(option("--batch-size", 16384)));
    p.put("linger.ms", String.valueOf(option("--linger", 5)));
    p.put("max.request.size", "1073741824");
    p.put("buffer.memory", "536870912");
    p.put("key.serializer", ByteArraySerializer.class.getName());
    p.put("value.serializer", ByteArraySerializer.class.getName());
    if (transactional) {
      p.put("transactional.id", options.getOrDefault("--transactional-id", "produce-java"));
      p.put("transaction.timeout.ms", String.valueOf(option("--timeout-ms", 60000)));
    }
    if (options.containsKey("--config")) p.load(new FileReader(options.get("--config")));
    return new KafkaProducer<>(p);
  }

  static byte[] text(String s) {
    return s == null ? null : s.getBytes(StandardCharsets.UTF_8);
  }

  byte[] value(long number, int size) {
    byte[] value = new byte[Math.max(12, size)];
    Arrays.fill(value, (byte) 'x');
    System.arraycopy(text(String.format("%012d", number)), 0, value, 0, 12);
    return value;
  }

  void send(KafkaProducer<byte[], byte[]> producer, byte[] key, byte[] value, RecordHeaders headers) {
    Integer partition = options.containsKey("--partition") ? (Integer) (int) option("--partition", 0) : null;
    Long timestamp = options.containsKey("--timestamp") ? (Long) option("--timestamp", 0) : null;
    sent.add(producer.send(new ProducerRecord<>(topic, partition, timestamp, key, value, headers)));
  }

  void sendPlain(KafkaProducer<byte[], byte[]> producer, long number) {
    byte[] key = text("customer-" + number % option("--keys", 50));
    send(producer, key, value(number, (int) option("--size", 100)), new RecordHeaders());
  }

  byte[] awkwardKey(long number) {
    switch ((int) (number % 7)) {
      case 0: return options.containsKey("--no-null-keys") ? text("not-null") : null;
      case 1: return new byte[0];
      case 2: return new byte[] {0, 0, 0, 0};
      case 3: return new byte[] {(byte) 0xff, (byte) 0xfe, 0, (byte) 0x80};
      default: return text("customer-" + number % option("--keys", 50));
    }
  }

  byte[] awkwardValue(long number) {
    if (number % 13 == 5) return null;
    if (number % 13 == 6) return new byte[0];
    return value(number, (int) (12 + number % option("--size", 100)));
  }

  static RecordHeaders awkwardHeaders(long number) {
    RecordHeaders headers = new RecordHeaders();
    String[][] kinds = {
      {"retry", null}, {"retry", ""}, {"retry", "1"}, {"__proto__", "x"}, {"", "nameless"}, {"größe", "ß✓"}, {"constructor", null}
    };
    for (int i = 0; i < number % 9; i++) headers.add(kinds[(int) ((number + i) % 7)][0], text(kinds[(int) ((number + i) % 7)][1]));
    if (number % 4 == 3) headers.add("bytes", new byte[] {0, (byte) 0xff, 10, 13});
    if (number % 4 == 3) headers.add("bytes", new byte[] {0, (byte) 0xff, 10, 13});
    return headers;
  }

  static int varint(long n) {
    int bytes = 1;
    for (long z = n << 1; z >= 128; z >>>= 7) bytes++;
    return bytes;
  }

  /** Value bytes that make a batch of one record, null key, no headers, exactly this long. */
  static int valueFor(long batch) {
    for (long v = batch - 61; v >= 12; v--) {
      long body = 4 + varint(v) + v + 1;
      if (61 + varint(body) + body == batch) return (int) v;
    }
    throw new IllegalArgumentException("No batch of one record has exactly " + batch + " bytes");
  }

  void settle() throws Exception {
    for (Future<RecordMetadata> each : sent) each.get();
    sent.clear();
  }

  void outsideTransactions() throws Exception {
    String asked = options.getOrDefault("--codec", "none");
    long number = option("--first", 0);
    for (String codec : asked.equals("all") ? CODECS : List.of(asked)) {
      try (KafkaProducer<byte[], byte[]> producer = producer(codec, false)) {
        for (long i = 0; i < option("--records", 100); i++, number++) {
          if (kind.equals("awkward")) send(producer, awkwardKey(number), awkwardValue(number), awkwardHeaders(number));
          else if (kind.equals("huge")) send(producer, null, value(number, valueFor(option("--batch-bytes", 1048588))), new RecordHeaders());
          else sendPlain(producer, number);
          if (kind.equals("huge")) settle();
        }
        producer.flush();
        settle();
      }
    }
    written = number - option("--first", 0);
  }

  void inTransactions() throws Exception {
    long rounds = option("--rounds", 4), count = option("--records", 100), first = option("--first", 0);
    try (KafkaProducer<byte[], byte[]> producer = producer(options.getOrDefault("--codec", "none"), true)) {
      producer.initTransactions();
      for (long round = 0; round < rounds; round++) {
        boolean commit = (rounds - round) % 2 == 1;
        producer.beginTransaction();
        for (long i = 0; i < count; i++) {
          long number = commit ? first + written++ : FIRST_ABORTED + aborted++;
          if (!commit && i % 10 == 0) send(producer, new byte[4], value(number, 12), new RecordHeaders());
          else sendPlain(producer, number);
        }
        producer.flush();
        settle();
        if (commit) producer.commitTransaction();
        else producer.abortTransaction();
      }
    }
  }

  void hang() throws Exception {
    KafkaProducer<byte[], byte[]> producer = producer(options.getOrDefault("--codec", "none"), true);
    producer.initTransactions();
    producer.beginTransaction();
    for (; open < option("--records", 100); open++) sendPlain(producer, FIRST_OPEN + open);
    producer.flush();
    settle();
  }

  public static void main(String[] args) throws Exception {
    Produce produce = new Produce(args);
    switch (produce.kind) {
      case "plain", "awkward", "huge" -> produce.outsideTransactions();
      case "transactions" -> produce.inTransactions();
      case "hang" -> produce.hang();
      default -> throw new IllegalArgumentException("Unknown kind " + produce.kind);
    }
    System.out.println(String.format("{\"kind\":\"%s\",\"written\":%d,\"aborted\":%d,\"open\":%d}",
        produce.kind, produce.written, produce.aborted, produce.open));
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
