package dev.quern.bench.serve;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own. */
final class Server implements AutoCloseable {
  private final Process process;
  private final String address;

  private Server(List<String> program) throws IOException {
    process = java(program);
    BufferedReader lines = process.inputReader();
    String line = lines.readLine();
    if (line == null || !line.contains("http://")) {
      throw new IllegalStateException(program + " does not serve: " + line);
    }
    address = line.substring(line.indexOf("http://"));
  }

  private static Process java(List<String> program) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("--enable-native-access=ALL-UNNAMED");
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.addAll(program);
    return new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  static Server quern(Path model, String... options) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of("dev.quern.cli.Main", "serve", "--port", "0", "--model", "" + model));
    line.addAll(List.of(options));
    return new Server(line);
  }

  static Server onnxRuntime(Path model, Path onnx) throws IOException {
    return new Server(List.of(OnnxServer.class.getName(), model.toString(), onnx.toString()));
  }

  /** Images a second of {@code quern bench}. */
  static double bench(int batch) throws IOException, InterruptedException {
    Process p =
        java(
            List.of(
                "dev.quern.cli.Main",
                "bench",
                "--net",
                "resnet20",
                "--mode",
                "infer",
                "--batch",
                "" + batch));
    String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    p.waitFor();
    return number(said, "\"images_per_s_median\": ?([\\d.]+)");
  }

  String address() {
    return address;
  }

  /**
   * Mean samples and milliseconds of a batch so far, as cells; empty where the server does not
   * tell.
   */
  String batches() throws IOException {
    String text;
    try (var in = URI.create(address + "/metrics").toURL().openStream()) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "|";
    }
    double count = number(text, "quern_batch_samples_count\\{.*\\} ([\\d.E]+)");
    double samples = number(text, "quern_batch_samples_sum\\{.*\\} ([\\d.E]+)");
    double seconds = number(text, "quern_batch_seconds_sum\\{.*\\} ([\\d.E-]+)");
    return String.format(Locale.ROOT, "%.1f | %.2f", samples / count, 1e3 * seconds / count);
  }

  private static double number(String text, String pattern) {
    Matcher m = Pattern.compile(pattern).matcher(text);
    if (!m.find()) {
      throw new IllegalStateException("no " + pattern + " in " + text);
    }
    return Double.parseDouble(m.group(1));
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
