package dev.quern.fuzz.serve;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.quern.serve.ModelServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * The server's process. It obeys commands, a line each, from its parent, and ends with it: {@code
 * swap}, {@code calm}, {@code stick}, {@code state}. What does not hold is printed as {@code
 * broken: ...}.
 */
final class Served {
  private static final int ORPHAN = 3;

  private final ModelServer server;
  private final Swapper swapper;

  private Served(long seed, boolean scarce) {
    server = ModelServer.builder().clientTimeout(Duration.ofSeconds(10)).build();
    server.deploy(Networks.SMALL_NAME, Networks.small(1));
    server.deploy(Networks.FREE_NAME, Networks.free());
    server.deploy(Networks.TENSORS_NAME, Networks.tensors());
    swapper = new Swapper(server, seed, scarce, what -> say("broken: " + what));
  }

  /**
   * @param args a seed, and whether resources are scarce
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Served served = new Served(Long.parseLong(args[0]), Boolean.parseBoolean(args[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(served.server::close));
    say("port " + served.server.port());
    try {
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        served.obey(line);
      }
    } catch (Exception | Error e) {
      e.printStackTrace();
    }
    Runtime.getRuntime().halt(ORPHAN);
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private void obey(String command) throws InterruptedException {
    switch (command) {
      case "swap" -> {
        swapper.start();
        say("swapping");
      }
      case "calm" -> {
        swapper.stop();
        say("calm");
      }
      case "stick" -> {
        swapper.stick();
        say("stuck");
      }
      default -> say("state " + state());
    }
  }

  /** After a collection, since what is garbage is not kept. */
  private static String state() throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      System.gc();
      Thread.sleep(50);
    }
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    long descriptors =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? unix.getOpenFileDescriptorCount()
            : 0;
    Map<String, Integer> threads = new TreeMap<>();
    Thread.getAllStackTraces()
        .keySet()
        .forEach(t -> threads.merge(t.getName().replaceAll("[\\s\\d=;]+", "#"), 1, Integer::sum));
    return new State(heap.getUsed(), heap.getCommitted(), descriptors, threads).text();
  }
}
