package dev.quern.fuzz.faults;

import dev.quern.fuzz.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** What is around a process: its temporary folder, the folder that a server watches, its limits. */
final class Surroundings {
  private static final int BLOCK = 4096;
  private static final long FIRST = 1;
  private static final long SECOND = 2;

  private Surroundings() {}

  /**
   * The JVM's temporary folder, JavaCPP's cache or both are full, cannot be written, or run no
   * code: training goes on elsewhere, or is refused in a line.
   */
  static void temporary(Scene s) throws IOException, InterruptedException, Broken {
    Path mount = s.place.folder().resolve("mount");
    String how = List.of("size=4k", "size=64m,ro", "size=64m,noexec").get(s.random.nextInt(3));
    s.place.mount(mount, how);
    s.tell("mount -t tmpfs -o " + how + " " + mount);
    int which = s.random.nextInt(3);
    List<String> options = new ArrayList<>();
    if (which != 1) {
      options.add("-Djava.io.tmpdir=" + mount);
    }
    if (which != 0) {
      options.add("-Dorg.bytedeco.javacpp.cachedir=" + mount);
    }
    Run run = s.start(List.of(), options);
    int status = run.end();
    s.require(status == 0 || status == 1, "status 0 or 1");
    if (status == 0) {
      s.requireBits();
    }
    s.finish();
  }

  /** The disk under a watched folder fills while a model is replaced: the one before goes on. */
  static void fullFolder(Scene s) throws IOException, InterruptedException, Broken {
    Path folder = s.place.folder().resolve("mount");
    s.place.mount(folder, "size=256k");
    Serving.put(folder, FIRST);
    Serving serving = served(Serving.start(s, folder, List.of(), List.of()), s);
    serving.require(FIRST);
    fill(folder.resolve("other.bin"));
    Path other = folder.resolve("other.safetensors");
    try {
      Files.copy(Serving.file(folder), other); // what a full disk leaves of it
    } catch (IOException e) {
      s.tell("a model is cut: " + e.getMessage());
    }
    Thread.sleep(s.random.nextInt(3500));
    serving.require(FIRST);
    Files.delete(folder.resolve("other.bin"));
    Serving.put(folder, SECOND);
    serving.require(SECOND);
    serving.stop();
  }

  private static void fill(Path file) throws IOException {
    byte[] block = new byte[BLOCK];
    try (var out = Files.newOutputStream(file, StandardOpenOption.CREATE)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      // it is full, as was wanted
    }
  }

  /** Two servers watch one folder, while its model is replaced, damaged and goes. */
  static void twoServers(Scene s) throws IOException, InterruptedException, Broken {
    Path folder = Files.createDirectories(s.place.folder().resolve("models"));
    Serving.put(folder, FIRST);
    Serving one = served(Serving.start(s, folder, List.of(), List.of()), s);
    Serving two = served(Serving.start(s, folder, List.of(), List.of()), s);
    one.require(FIRST);
    two.require(FIRST);
    Serving.put(folder, SECOND);
    one.require(SECOND);
    two.require(SECOND);
    Path damaged = Files.write(folder.resolve("made.part"), new byte[s.random.nextInt(100)]);
    Files.move(damaged, Serving.file(folder), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Thread.sleep(s.random.nextInt(3500));
    one.require(SECOND);
    if (s.random.nextBoolean()) {
      Tools.delete(folder);
      Thread.sleep(1500);
      Files.createDirectories(folder);
    }
    Serving.put(folder, FIRST);
    one.require(FIRST);
    one.stop();
    two.require(FIRST);
    two.stop();
  }

  /** Descriptors or addresses are few: it serves, or is refused in a line. */
  static void limits(Scene s) throws IOException, InterruptedException, Broken {
    String limit =
        s.random.nextBoolean()
            ? "--nofile=" + s.random.nextInt(20, 120)
            : "--as=" + (s.random.nextLong(700, 3000) << 20);
    limited(s, List.of("prlimit", limit), List.of("-XX:CompressedClassSpaceSize=16m"));
  }

  /** Threads are few. */
  static void threads(Scene s) throws IOException, InterruptedException, Broken {
    Cgroup group = s.place.add(Cgroup.threads(s.random.nextInt(8, 40)));
    limited(s, List.of(group.prefix()), List.of("-XX:ActiveProcessorCount=4"));
  }

  private static void limited(Scene s, List<String> prefix, List<String> options)
      throws IOException, InterruptedException, Broken {
    Path folder = Files.createDirectories(s.place.folder().resolve("models"));
    Serving.put(folder, FIRST);
    Serving serving = Serving.start(s, folder, prefix, options);
    if (serving != null) {
      if (!Outputs.isOfTheJvm(serving.output())) {
        serving.require(FIRST);
      }
      serving.stop();
    }
  }

  private static Serving served(Serving serving, Scene s) throws Broken {
    if (serving == null) {
      throw s.broken(Kind.WRONG, "a server that serves", "");
    }
    return serving;
  }
}
