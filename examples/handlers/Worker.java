import java.io.*;
import java.nio.charset.StandardCharsets;

class Worker {
    static void handle(String line) {
        if (line.contains("\"value\":null,\"headers\":")) throw new IllegalStateException("no value");
        // Your work, with a JSON library to read the line: one transaction, with the id under a unique key.
    }

    public static void main(String[] arguments) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        for (String line; (line = in.readLine()) != null; ) {
            // The id comes first; it goes back as it came, so its escapes need no reading.
            var id = line.substring("{\"id\":".length(), line.indexOf(",\"key\":"));
            try {
                handle(line);
                out.println("{\"id\":" + id + ",\"ok\":true}");
            } catch (RuntimeException error) {
                var words = String.valueOf(error.getMessage()).replaceAll("[\\\\\"\\p{Cntrl}]", " ");
                out.println("{\"id\":" + id + ",\"ok\":false,\"error\":\"" + words + "\"}");
            }
        }
    }
}
