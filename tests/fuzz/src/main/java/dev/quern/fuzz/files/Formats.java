package dev.quern.fuzz.files;

import dev.quern.error.QuernException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All formats, and how often each is taken: those that cost much seldom. */
public final class Formats {
  /** How many files there were of a format, and how many of them were accepted. */
  public record Count(long files, long accepted) {}

  private final Map<String, Format> all = new LinkedHashMap<>();
  private final List<String> shares = new ArrayList<>();
  private final Map<String, Count> counts = new LinkedHashMap<>();

  private Formats(Scratch scratch) throws Exception {
    // in the order of their shares of 256
    add("safetensors", 24, new SafetensorsFormat(scratch));
    add("dataset", 10, new DatasetFormat(scratch));
    add("checkpoint", 18, new CheckpointFormat(scratch));
    add("model", 34, new ModelFormat(scratch));
    add("network", 26, new NetworkFormat(scratch));
    add("idx", 18, new IdxFormat(scratch));
    add("cifar10", 16, new CifarFormat(scratch));
    add("svhn", 8, new SvhnFormat(scratch));
    add("numpy", 8, new NumpyFormat(scratch));
    add("schedule", 10, new ScheduleFormat());
    add("image", 24, new ImageFormat(scratch));
    add("tar", 8, new TarFormat(scratch));
    add("boxes", 8, new BoxesFormat(scratch));
    add("tuning", 6, new TuningFormat(scratch));
    add("text", 18, new TextFormat(scratch));
    add("foreign", 16, new ForeignFormat(scratch));
    add("folder", 2, new FolderFormat(scratch));
    add("command", 1, new CommandFormat(scratch));
    add("download", 1, new DownloadFormat(scratch));
  }

  /** With files in the process's folder of temporary ones. */
  public static Formats ofProcess() throws Exception {
    return new Formats(Scratch.ofProcess());
  }

  static Formats in(java.nio.file.Path folder) throws Exception {
    return new Formats(new Scratch(folder));
  }

  private void add(String name, int share, Format format) {
    all.put(name, format);
    counts.put(name, new Count(0, 0));
    for (int i = 0; i < share; i++) {
      shares.add(name);
    }
  }

  /** Makes and reads a file. */
  public void attack(byte[] decisions) throws Exception {
    Dice dice = new Dice(decisions);
    String name = dice.of(shares);
    Count before = counts.get(name);
    boolean accepted = false;
    try {
      accepted = all.get(name).attack(dice);
    } catch (QuernException e) {
      Attacks.requireMessage(e);
    } finally {
      counts.put(name, new Count(before.files() + 1, before.accepted() + (accepted ? 1 : 0)));
    }
  }

  /** By format. */
  public Map<String, Count> counts() {
    return new LinkedHashMap<>(counts);
  }
}
