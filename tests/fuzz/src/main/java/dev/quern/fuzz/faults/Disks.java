package dev.quern.fuzz.faults;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Folders that are full, cannot be written to, or are no more. */
final class Disks {
  private static final int ATTEMPTS = 2000;

  private Disks() {}

  /** A file system with room for some checkpoints, or some files, and not for the rest. */
  static void full(Scene s) throws IOException, InterruptedException, Broken {
    long bytes = s.setup.whole(s.program).checkpointBytes();
    long room = 4096 + (long) (bytes * s.random.nextDouble(4.5));
    String limit =
        s.random.nextInt(3) == 0
            ? "nr_inodes=" + s.random.nextInt(2, 9)
            : "size=" + (room + 4095) / 4096 * 4096;
    moveToMount(s, limit);
    endsWell(s, s.start());
    s.newest();
    Place.remount(mount(s), "size=64m,nr_inodes=0");
    s.finish();
  }

  /** No file may grow beyond a size: what full disks are where nobody may mount any. */
  static void cut(Scene s) throws IOException, InterruptedException, Broken {
    long bytes = s.setup.whole(s.program).checkpointBytes();
    Run run = s.start("prlimit", "--fsize=" + s.random.nextLong(bytes));
    s.require(run.end() == 1, "status 1");
    s.newest();
    s.finish();
  }

  /** A file system that becomes one to read only, at the start or amid the run. */
  static void readOnly(Scene s) throws IOException, InterruptedException, Broken {
    moveToMount(s, "size=64m");
    long newest = -1;
    if (s.random.nextInt(3) == 0) {
      Place.remount(mount(s), "ro");
      Run run = s.start();
      s.require(run.end() == 1, "status 1");
    } else {
      Run run = s.start();
      if (s.waitForCheckpoint(run)) {
        makeReadOnly(s);
      }
      endsWell(s, run);
      newest = s.newest();
    }
    Place.remount(mount(s), "rw");
    s.requireNotLost(newest);
    s.finish();
  }

  /** The system refuses while a file is open for writing. */
  private static void makeReadOnly(Scene s) throws InterruptedException {
    boolean done = false;
    for (int i = 0; i < ATTEMPTS && !done; i++) {
      done = Tools.succeeds("mount", "-o", "remount,ro", mount(s).toString());
    }
    s.tell(done ? "the folder is read-only" : "the folder could not be made read-only");
  }

  /** The run's folder goes. It may be made anew, or be missed. */
  static void vanishing(Scene s) throws IOException, InterruptedException, Broken {
    Run run = s.start();
    if (s.waitForCheckpoint(run)) {
      run.isAliveAfter(s.random.nextLong(s.setup.whole(s.program).nanos() / 4));
      if (s.random.nextBoolean()) {
        aside(s);
      } else {
        Tools.delete(s.run()); // file by file
      }
      s.tell("the folder is gone");
    }
    endsWell(s, run);
    s.finish();
  }

  /** A file takes the place of the run's folder. */
  static void replaced(Scene s) throws IOException, InterruptedException, Broken {
    Run run = s.start();
    boolean replaced = s.waitForCheckpoint(run);
    Path aside = null;
    while (replaced && aside == null) {
      aside = aside(s);
      try {
        Files.createFile(s.run());
        s.tell("a file is in the folder's place");
      } catch (FileAlreadyExistsException e) {
        Tools.delete(aside); // the run made it anew
        aside = null;
      }
    }
    endsWell(s, run);
    if (replaced) {
      Files.delete(s.run());
      Files.move(aside, s.run());
    }
    s.finish();
  }

  private static Path aside(Scene s) throws IOException {
    Path aside = s.place.folder().resolve("aside");
    return Files.move(s.run(), aside, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Ends with a typed error, or as if nothing had been. */
  private static void endsWell(Scene s, Run run) throws IOException, InterruptedException, Broken {
    int status = run.end();
    s.require(List.of(0, 1).contains(status), "status 0 or 1");
    if (status == 0 && Files.isRegularFile(s.program.model(s.run()))) {
      s.requireBits();
    }
  }

  private static Path mount(Scene s) {
    return s.place.folder().resolve("mount");
  }

  private static void moveToMount(Scene s, String options)
      throws IOException, InterruptedException {
    s.place.mount(mount(s), options);
    s.tell("mount -t tmpfs -o " + options + " " + mount(s));
    s.moveTo(mount(s).resolve("run"));
  }
}
