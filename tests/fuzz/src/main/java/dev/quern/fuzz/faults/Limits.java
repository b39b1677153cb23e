package dev.quern.fuzz.faults;

import dev.quern.fuzz.Kind;
import java.io.IOException;
import java.util.List;

/** Less of what a process needs than it asks for. Where the JVM itself cannot start, it says so. */
final class Limits {
  /** What the JVM and Quern have without a network. */
  private static final long BASE_MIB = 250;

  private Limits() {}

  /** A heap that is small, or too small. */
  static void heap(Scene s) throws IOException, InterruptedException, Broken {
    ended(s, s.start(List.of(), List.of("-Xmx" + s.random.nextInt(2048, 16 * 1024) + "k")));
  }

  /** Addresses: the JVM takes most of them at its start. */
  static void addresses(Scene s) throws IOException, InterruptedException, Broken {
    long mib = s.random.nextLong(300, 2200);
    List<String> options = List.of("-XX:CompressedClassSpaceSize=16m");
    ended(s, s.start(List.of("prlimit", "--as=" + (mib << 20)), options));
  }

  /** Open files: the JVM has about thirty, with its jars. */
  static void files(Scene s) throws IOException, InterruptedException, Broken {
    Run run = s.start("prlimit", "--nofile=" + s.random.nextInt(5, 60));
    ended(s, run);
  }

  /** Threads: the JVM has about a dozen. */
  static void threads(Scene s) throws IOException, InterruptedException, Broken {
    Cgroup group = s.place.add(Cgroup.threads(s.random.nextInt(1, 32)));
    List<String> options = List.of("-XX:ActiveProcessorCount=8"); // so many are asked for
    ended(s, s.start(List.of(group.prefix()), options));
  }

  private static void ended(Scene s, Run run) throws IOException, InterruptedException, Broken {
    int status = run.end();
    s.require(status == 0 || status == 1, "status 0 or 1");
    s.newest();
    s.finish();
  }

  /** Trainers that are built at once in a container: those that do not fit are refused. */
  static void greedy(Scene s) throws IOException, InterruptedException, Broken {
    int threads = s.random.nextInt(3, 7);
    long room = s.random.nextLong(200, 500);
    long each = room * 2 / threads; // half of them would fit if nothing else were there
    Cgroup group = s.place.add(Cgroup.memory(BASE_MIB + room << 20));
    List<String> words =
        List.of(Greedy.class.getName(), Integer.toString(threads), Long.toString(each));
    Run run = s.launch(List.of(group.prefix()), List.of("-Xmx64m"), words);
    int status = run.end();
    s.require(status == 0, "status 0");
    String last = run.output().strip();
    String[] counts = last.substring(last.lastIndexOf('\n') + 1).split(" ");
    if (counts.length != 5) {
      throw s.broken(Kind.UNTYPED, "counts of the built and of the refused", "");
    }
    s.require(!counts[3].equals("0") && !counts[4].equals("0"), "some built and some refused");
  }
}
