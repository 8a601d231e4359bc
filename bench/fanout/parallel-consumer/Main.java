import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelStreamProcessor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Confluent's Parallel Consumer, ordered by key, with a handler that sleeps a millisecond. Arguments: broker topic group concurrency records. */
public final class Main {
  public static void main(String[] args) throws Exception {
    long records = Long.parseLong(args[4]);
    Properties settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("group.id", args[2]);
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    settings.put("max.poll.records", "5000");
    var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    var options =
        ParallelConsumerOptions.<byte[], byte[]>builder()
            .consumer(consumer)
            .ordering(ParallelConsumerOptions.ProcessingOrder.KEY)
            .maxConcurrency(Integer.parseInt(args[3]))
            .build();
    AtomicLong handled = new AtomicLong();
    AtomicLong first = new AtomicLong();
    AtomicLong last = new AtomicLong();
    CountDownLatch done = new CountDownLatch(1);
    var processor = ParallelStreamProcessor.createEosStreamProcessor(options);
    processor.subscribe(List.of(args[1]));
    processor.poll(
        context -> {
          first.compareAndSet(0, System.nanoTime());
          try {
            Thread.sleep(1);
          } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
          }
          last.set(System.nanoTime());
          if (handled.incrementAndGet() >= records) done.countDown();
        });
    done.await();
    double seconds = (last.get() - first.get()) / 1e9;
    String line = String.format("{\"handled\":%d,\"seconds\":%.6f,\"latencyMs\":0}", handled.get(), seconds);
    Files.writeString(Path.of(System.getenv("BENCH_OUT")), line);
    Runtime.getRuntime().halt(0);
  }
}
