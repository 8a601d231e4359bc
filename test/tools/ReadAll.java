/*
 * Reads a topic with Kafka's own Java client and prints one line of JSON about it: an independent witness for the tests.
 *
 *   java -cp 'LIBS/*' test/tools/ReadAll.java BROKERS TOPIC [read_committed|read_uncommitted] [OPTIONS]
 *
 * OPTIONS
 *   --n N            numbers 0 to N-1 are expected at the start of the values (12 digits): "ids" counts lost and twice.
 *   --from p=o,...   first offset to read, by partition; a partition left out is read from its start.
 *   --to   p=o,...   offset to stop before, by partition; left out: its end (last stable offset under read_committed).
 *   --partitions p,... only these.
 *   --config FILE    properties for the client (SASL, TLS).
 *   --no-timestamps  leaves timestamps out of "sum" (LogAppendTime sources).
 *
 * Prints {"records","sum","ids":{"seen","lost","twice"},"keysSplit","outOfOrder","nullKeys","nullValues","bytes",
 * "partitions":{"0":count,...},"ends":{"0":offset,...}}.
 * "sum" is the 64-bit sum, in hex, over records of FNV-1a over key, value, headers in order and timestamp, mixed (so the
 * order of records does not matter, their number does); null differs from empty. "keysSplit" counts keys seen in more than
 * one partition; "outOfOrder" counts records with a number below an earlier one of the same key in the same partition.
 * It is assigned its partitions: it joins no group and commits nothing.
 */
import java.io.FileReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

public class ReadAll {
  static final long FNV = 0x100000001b3L;
  static final int DIGITS = 12;

  long records, sum, outOfOrder, keysSplit, nullKeys, nullValues, bytes, seen, twice;
  final Map<Integer, Long> counts = new TreeMap<>();
  final BitSet ids = new BitSet();
  final Set<Long> otherIds = new HashSet<>();
  /** By hash of the key (64 bits): its partition and the highest number seen. */
  final Map<Long, long[]> keys = new HashMap<>();
  boolean timestamps = true;

  static long bytes(long h, byte[] b) {
    if (b == null) return (h ^ 0xff) * FNV ^ 0x5a5a;
    h = (h ^ b.length) * FNV;
    for (byte x : b) h = (h ^ (x & 0xff)) * FNV;
    return h;
  }

  static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  static long number(byte[] value) {
    if (value == null || value.length < DIGITS) return -1;
    long n = 0;
    for (int i = 0; i < DIGITS; i++) {
      int digit = value[i] - '0';
      if (digit < 0 || digit > 9) return -1;
      n = n * 10 + digit;
    }
    return n;
  }

  void add(ConsumerRecord<byte[], byte[]> r) {
    records++;
    counts.merge(r.partition(), 1L, Long::sum);
    long h = bytes(bytes(0xcbf29ce484222325L, r.key()), r.value());
    for (Header header : r.headers()) h = bytes(bytes(h, header.key().getBytes(StandardCharsets.UTF_8)), header.value());
    if (timestamps) h = (h ^ r.timestamp()) * FNV;
    sum += mix(h);
    bytes += Math.max(0, r.serializedKeySize()) + Math.max(0, r.serializedValueSize());
    if (r.key() == null) nullKeys++;
    if (r.value() == null) nullValues++;
    long id = number(r.value());
    if (id >= 0) note(id);
    if (r.key() != null) order(r, id);
  }

  void note(long id) {
    boolean again;
    if (id < Integer.MAX_VALUE) {
      again = ids.get((int) id);
      ids.set((int) id);
    } else again = !otherIds.add(id);
    if (again) twice++;
    else seen++;
  }

  void order(ConsumerRecord<byte[], byte[]> r, long id) {
    long[] last = keys.computeIfAbsent(mix(bytes(7, r.key())), k -> new long[] {r.partition(), -1, 0});
    if (last[0] != r.partition() && last[2] == 0) {
      keysSplit++;
      last[2] = 1;
    }
    if (last[0] != r.partition() || id < 0) return;
    if (id < last[1]) outOfOrder++;
    else last[1] = id;
  }

  static Map<Integer, Long> bounds(String text) {
    Map<Integer, Long> result = new HashMap<>();
    for (String pair : text.split(",")) {
      if (pair.isEmpty()) continue;
      String[] parts = pair.split("=");
      result.put(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
    }
    return result;
  }

  public static void main(String[] args) throws Exception {
    List<String> plain = new ArrayList<>();
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--no-timestamps")) options.put(args[i], "");
      else if (args[i].startsWith("--")) options.put(args[i], args[++i]);
      else plain.add(args[i]);
    }
    Properties p = new Properties();
    if (options.containsKey("--config")) p.load(new FileReader(options.get("--config")));
    p.put("bootstrap.servers", plain.get(0));
    p.put("isolation.level", plain.size() > 2 ? plain.get(2) : "read_committed");
    p.put("key.deserializer", ByteArrayDeserializer.class.getName());
    p.put("value.deserializer", ByteArrayDeserializer.class.getName());
    p.put("max.poll.records", "10000");
    p.put("fetch.max.bytes", "16777216");
    p.put("max.partition.fetch.bytes", "4194304");
    p.put("allow.auto.create.topics", "false");
    p.put("enable.auto.commit", "false");
    ReadAll all = new ReadAll();
    all.timestamps = !options.containsKey("--no-timestamps");
    Map<Integer, Long> ends = all.read(p, plain.get(1), options);
    all.print(options.containsKey("--n") ? Long.parseLong(options.get("--n")) : -1, ends);
  }

  Map<Integer, Long> read(Properties p, String topic, Map<String, String> options) {
    Map<Integer, Long> from = bounds(options.getOrDefault("--from", ""));
    Map<Integer, Long> to = bounds(options.getOrDefault("--to", ""));
    Set<Integer> only = new HashSet<>();
    for (String one : options.getOrDefault("--partitions", "").split(",")) if (!one.isEmpty()) only.add(Integer.parseInt(one));
    Map<Integer, Long> result = new TreeMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(p)) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (var info : consumer.partitionsFor(topic)) {
        if (only.isEmpty() || only.contains(info.partition())) partitions.add(new TopicPartition(topic, info.partition()));
      }
      Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
      Map<TopicPartition, Long> stop = new HashMap<>();
      for (var e : consumer.endOffsets(partitions).entrySet()) {
        result.put(e.getKey().partition(), e.getValue());
        counts.put(e.getKey().partition(), 0L);
        stop.put(e.getKey(), Math.min(e.getValue(), to.getOrDefault(e.getKey().partition(), Long.MAX_VALUE)));
      }
      consumer.assign(partitions);
      for (TopicPartition each : partitions) consumer.seek(each, from.getOrDefault(each.partition(), starts.get(each)));
      Set<TopicPartition> open = new HashSet<>(partitions);
      while (true) {
        // The position passes markers and aborted records, which are never handed out.
        open.removeIf(each -> {
          boolean done = consumer.position(each) >= stop.get(each);
          if (done) consumer.pause(List.of(each));
          return done;
        });
        if (open.isEmpty()) return result;
        for (var r : consumer.poll(Duration.ofMillis(500))) {
          if (r.offset() < stop.get(new TopicPartition(topic, r.partition()))) add(r);
        }
      }
    }
  }

  void print(long n, Map<Integer, Long> ends) {
    StringBuilder out = new StringBuilder("{\"records\":" + records);
    out.append(String.format(",\"sum\":\"%016x\"", sum));
    long lost = n < 0 ? 0 : n - ids.get(0, (int) n).cardinality();
    out.append(",\"ids\":{\"seen\":" + seen + ",\"lost\":" + lost + ",\"twice\":" + twice + "}");
    out.append(",\"keysSplit\":" + keysSplit + ",\"outOfOrder\":" + outOfOrder);
    out.append(",\"nullKeys\":" + nullKeys + ",\"nullValues\":" + nullValues + ",\"bytes\":" + bytes);
    out.append(",\"partitions\":" + json(counts) + ",\"ends\":" + json(ends) + "}");
    System.out.println(out);
  }

  static String json(Map<Integer, Long> map) {
    StringJoiner joiner = new StringJoiner(",", "{", "}");
    map.forEach((key, value) -> joiner.add("\"" + key + "\":" + value));
    return joiner.toString();
  }
}
