package dev.quern.fuzz.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Ends that come from outside. */
final class Kills {
  private static final int MOST = 5;

  /** A command that is process 1 of a container, as far as process numbers go. */
  static final String[] PID_1 = {"unshare", "--pid", "--fork", "--kill-child", "--mount-proc"};

  /** SIGINT may be ignored by whoever started this, and so by all that this starts. */
  private static final String[] WITH_SIGNALS = {"env", "--default-signal=INT,TERM"};

  private Kills() {}

  /** Several kills in a row on one folder. */
  static void several(Scene s) throws IOException, InterruptedException, Broken {
    several(s, new String[0]);
    s.finish();
  }

  /** The same by processes that all have the number 1. */
  static void ofProcess1(Scene s) throws IOException, InterruptedException, Broken {
    several(s, PID_1);
    s.requireEnd(s.start(PID_1), 0);
    s.requireBits();
  }

  private static void several(Scene s, String... prefix)
      throws IOException, InterruptedException, Broken {
    long newest = -1;
    int count = s.random.nextInt(1, MOST + 1);
    for (int i = 0; i < count; i++) {
      Run run = s.start(prefix);
      waitForSomeMoment(s, run);
      s.kill(run);
      newest = s.requireNotLost(newest);
    }
  }

  /** One that the seed draws; what the run does just then is up to the machine. */
  private static void waitForSomeMoment(Scene s, Run run) throws InterruptedException {
    long whole = s.setup.whole(s.program).nanos();
    int sort = s.random.nextInt(4);
    if (sort == 0) {
      run.isAliveAfter(s.random.nextLong(whole * 5 / 4)); // from the JVM's start on
    } else if (s.waitForCheckpoint(run)) {
      run.isAliveAfter(s.random.nextLong(whole / 4));
      while (sort > 1
          && Tools.names(s.program.checkpoints(s.run())).stream().noneMatch(n -> n.endsWith(".tmp"))
          && run.isAliveAfter(50_000)) {
        // it is not writing
      }
    }
  }

  /** A run of the command line that is asked to end does so after its step. */
  static void signal(Scene s) throws IOException, InterruptedException, Broken {
    String signal = s.random.nextBoolean() ? "TERM" : "INT";
    int status = signal.equals("TERM") ? 143 : 130;
    Run run = s.start(WITH_SIGNALS);
    boolean training = s.random.nextInt(4) != 0 && s.waitForCheckpoint(run);
    run.isAliveAfter(s.random.nextLong(s.setup.whole(s.program).nanos() / 4));
    run.signal(signal);
    if (s.random.nextInt(4) == 0) {
      run.signal(signal); // impatience changes nothing
    }
    int ended = run.end();
    s.require(ended == status || ended == 0, "status " + status);
    long newest = s.newest();
    s.require(newest >= 0 || !training, "a checkpoint");
    boolean done = Files.exists(s.program.model(s.run()));
    s.require(
        !training || done || run.output().contains("--resume"), "the line that says how to go on");
    s.finish();
  }

  /** The newest checkpoint is damaged while nothing runs: the one before serves. */
  static void damaged(Scene s) throws IOException, InterruptedException, Broken {
    Run run = s.start();
    while (s.waitForCheckpoint(run) && checkpoints(s) < 2) {
      // the first one alone cannot be done without
    }
    s.kill(run);
    if (checkpoints(s) < 2) {
      return; // it was killed between the writing of one and the other's deletion
    }
    Path newest = s.program.checkpoints(s.run()).resolve(newestName(s));
    damage(s, newest);
    s.tell("damaged " + newest);
    Run again = s.start();
    s.requireEnd(again, 0);
    s.require(again.output().contains("skipped"), "a word of the damaged one");
    s.requireBits();
  }

  private static long checkpoints(Scene s) {
    return Tools.names(s.program.checkpoints(s.run())).stream()
        .filter(n -> n.startsWith("checkpoint-"))
        .count();
  }

  private static String newestName(Scene s) {
    return Tools.names(s.program.checkpoints(s.run())).stream()
        .filter(n -> n.startsWith("checkpoint-"))
        .max(String::compareTo)
        .orElseThrow();
  }

  /** Cuts it short, or writes something else somewhere into it. */
  static void damage(Scene s, Path file) throws IOException {
    try (FileChannel f =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long at = s.random.nextLong(f.size());
      if (s.random.nextInt(3) == 0) {
        f.truncate(at);
      } else {
        ByteBuffer was = ByteBuffer.allocate((int) Math.min(f.size() - at, 4096));
        f.read(was, at);
        byte[] other = was.array();
        for (int i = 0; i < other.length; i++) {
          other[i] = (byte) (other[i] ^ 0x55);
        }
        f.write(ByteBuffer.wrap(other), at);
      }
    }
  }
}
