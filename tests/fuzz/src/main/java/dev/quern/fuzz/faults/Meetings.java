package dev.quern.fuzz.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Others on what a run uses: a second process, an interrupting thread, a damaged library. */
final class Meetings {
  private Meetings() {}

  /** A second process on one folder is told who holds it; the first does not notice. */
  static void second(Scene s) throws IOException, InterruptedException, Broken {
    Run first = s.start();
    if (!s.waitForCheckpoint(first)) {
      return; // over before anything could meet it
    }
    first.signal("STOP"); // else it might end before the second comes
    boolean over = Files.exists(s.program.model(s.run()));
    Run second = s.start();
    try {
      int status = second.end();
      if (!over) {
        s.require(status == 1 || status == 2, "the second is refused with status 1 or 2");
        s.require(
            second.output().contains(Long.toString(first.pid())), "the first's process number");
      }
    } finally {
      first.signal("CONT");
    }
    s.requireEnd(first, 0);
    s.requireBits();
  }

  /** An interrupt of the thread that trains loses nothing, and its flag stays. */
  static void interrupt(Scene s) throws IOException, InterruptedException, Broken {
    List<String> words = new ArrayList<>(s.program.words(s.setup.work(), s.run(), false));
    int count = s.random.nextInt(1, 4);
    for (int i = 0; i < count; i++) {
      words.add(Integer.toString(s.random.nextInt(150)));
    }
    Run run = s.launch(List.of(), List.of(), words);
    s.requireEnd(run, 0);
    s.require(!run.output().contains("flag false"), "the thread's flag stays set");
    s.requireBits();
  }

  /** A library in JavaCPP's cache is damaged: it is extracted anew, or refused. */
  static void cache(Scene s) throws IOException, InterruptedException, Broken {
    Path cache = s.place.folder().resolve("cache");
    Tools.copy(filled(s), cache);
    List<Path> libraries;
    try (Stream<Path> all = Files.walk(cache)) {
      libraries = all.filter(p -> p.toString().contains(".so") && Files.isRegularFile(p)).toList();
    }
    Path library = libraries.get(s.random.nextInt(libraries.size()));
    FileTime time = Files.getLastModifiedTime(library);
    harm(s, library);
    Files.setLastModifiedTime(library, time); // which JavaCPP goes by
    s.tell("damaged " + library);
    ended(s, s.start(List.of(), option(cache)));
  }

  private static void harm(Scene s, Path library) throws IOException {
    if (s.random.nextInt(4) == 0) {
      Kills.damage(s, library);
      return;
    }
    byte[] bytes = Files.readAllBytes(library); // as a power cut leaves it
    int from = s.random.nextInt(bytes.length);
    int count = Math.min(bytes.length - from, 1 << s.random.nextInt(12, 24));
    Arrays.fill(bytes, from, from + count, (byte) 0);
    Files.write(library, bytes);
  }

  /** A process is killed while it extracts libraries; the next one finds what is missing. */
  static void extraction(Scene s) throws IOException, InterruptedException, Broken {
    Path cache = s.place.folder().resolve("cache");
    Run run = s.start(List.of(), option(cache));
    while (!Files.exists(cache) && run.isAliveAfter(1_000_000)) {
      // it does not extract yet
    }
    run.isAliveAfter(s.random.nextLong(300_000_000));
    s.kill(run);
    s.requireEnd(s.start(List.of(), option(cache)), 0);
    s.requireBits();
  }

  private static void ended(Scene s, Run run) throws IOException, InterruptedException, Broken {
    int status = run.end();
    s.require(status == 0 || status == 1, "status 0 or 1");
    if (status == 0) {
      s.requireBits();
    }
  }

  private static List<String> option(Path cache) {
    return List.of("-Dorg.bytedeco.javacpp.cachedir=" + cache);
  }

  /** A whole cache, filled once. */
  private static Path filled(Scene s) throws IOException, InterruptedException, Broken {
    Path whole = s.setup.work().resolve("cache");
    if (!Files.exists(whole)) {
      try (Scene filling = new Scene(s.setup, s.program, 0)) {
        filling.requireEnd(filling.start(List.of(), option(whole)), 0);
      }
    }
    return whole;
  }
}
