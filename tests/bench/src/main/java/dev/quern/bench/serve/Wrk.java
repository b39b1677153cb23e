package dev.quern.bench.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Debian's wrk as the client. */
final class Wrk {
  private static final Path SCRIPT = Path.of("tests/bench/serve/post.lua");
  private static final Pattern NUMBERS =
      Pattern.compile("numbers (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)");
  private static final int CONNECTIONS = 64;

  /**
   * @param rate requests a second
   * @param p50 milliseconds
   * @param p99 milliseconds
   * @param failed requests that were not answered, or not with 200
   */
  record Result(double rate, double p50, double p99, long failed) {}

  private Wrk() {}

  static Result run(String url, Path bodies, int jsonBytes, int seconds)
      throws IOException, InterruptedException {
    List<String> line =
        new ArrayList<>(
            List.of(
                "wrk",
                "-t1",
                "-c" + CONNECTIONS,
                "-d" + seconds + "s",
                "--timeout",
                "30s",
                "-s",
                "" + SCRIPT));
    line.addAll(List.of(url, "--", bodies.toString(), "" + Bodies.COUNT));
    if (jsonBytes > 0) {
      line.add("" + jsonBytes);
    }
    Process wrk = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(wrk.getInputStream().readAllBytes());
    Matcher m = NUMBERS.matcher(said);
    if (wrk.waitFor() != 0 || !m.find()) {
      throw new IllegalStateException("wrk failed: " + said);
    }
    double requests = Double.parseDouble(m.group(1));
    long failed = Long.parseLong(m.group(5));
    return new Result(
        (requests - failed) / (Double.parseDouble(m.group(2)) / 1e6),
        Double.parseDouble(m.group(3)) / 1e3,
        Double.parseDouble(m.group(4)) / 1e3,
        failed);
  }
}
