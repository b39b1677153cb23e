package dev.quern.fuzz.files;

import dev.quern.error.FormatException;
import dev.quern.error.QuernException;
import dev.quern.fuzz.Attack;
import dev.quern.io.Checkpoint;
import dev.quern.io.Checkpoints;
import dev.quern.io.Safetensors;
import dev.quern.network.Network;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import dev.quern.train.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Checkpoints, as {@link Checkpoints#latest} finds them. Most have the right checksum of their odd
 * content. Where an older one is whole, the odd one must be passed over; those accepted are given
 * to a trainer, which takes a step and writes its own.
 */
final class CheckpointFormat implements Format {
  private static final List<String> KEYS =
      List.of(
          "network", "settings", "progress", "progress", "info.isa", "format", "format_version");

  private final Scratch scratch;
  private final List<byte[]> files = new ArrayList<>();
  private final List<Integer> kinds = new ArrayList<>();
  private final Network network = Bases.network();

  CheckpointFormat(Scratch scratch) throws IOException {
    this.scratch = scratch;
    for (int kind = 0; kind < Bases.TRAINERS; kind++) {
      Path folder = scratch.empty("checkpoint-base-" + kind);
      try (Trainer trainer = Bases.trainer(kind, network)) {
        Checkpoints all = Checkpoints.in(folder).everySteps(1).keep(100);
        trainer.fit(Bases.data(), 2, all.of(trainer));
      }
      try (Stream<Path> found = Files.list(folder)) {
        for (Path p : found.sorted().toList()) {
          files.add(Files.readAllBytes(p));
          kinds.add(kind);
        }
      }
    }
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    int i = dice.below(files.size());
    boolean fallBack = dice.below(2) == 0;
    Path folder = scratch.path("checkpoints");
    Path older = folder.resolve("checkpoint-000000001.safetensors");
    Files.createDirectories(folder);
    if (!fallBack) {
      Files.deleteIfExists(older);
    } else if (!Files.exists(older)) {
      Files.write(older, files.get(0));
    }
    byte[] content = content(files.get(i), dice);
    Path odd = scratch.file("checkpoints/checkpoint-000000002.safetensors", content);
    Checkpoint read = latest(folder, fallBack);
    if (!read.file().equals(odd)) {
      return false;
    }
    requireChecksum(odd);
    if (dice.below(4) == 0 && Bases.isSmall(read.state().network())) {
      use(read.state(), kinds.get(i), dice);
    }
    return true;
  }

  private static Checkpoint latest(Path folder, boolean fallBack) {
    try {
      return Checkpoints.in(folder).latest();
    } catch (FormatException e) {
      if (fallBack) {
        throw new Attack.Finding("checkpoint: the whole one before was not taken", e);
      }
      throw e;
    }
  }

  /** Accepted means that the checksum, which is computed anew here, is right. */
  private static void requireChecksum(Path file) {
    Safetensors content = Safetensors.read(file);
    if (!Checksum.of(content).equals(content.metadata().get(Checksum.KEY))) {
      throw new Attack.Finding("checkpoint: accepted with a wrong checksum", null);
    }
  }

  private static byte[] content(byte[] base, Dice dice) throws IOException {
    if (dice.below(16) == 1) {
      return Bits.mutate(base, base, dice);
    }
    Container c = Container.of(base);
    if (dice.below(4) > 0) {
      String key = dice.of(KEYS);
      switch (dice.below(10)) {
        case 1 -> c.metadata.remove(key);
        case 2 -> c.metadata.put(key, dice.of(List.of("", "null", "1", "[]", "{}", "\"x\"")));
        default -> c.metadata.put(key, JsonText.mutate(c.metadata.get(key), dice));
      }
    } else {
      do {
        c.change(dice);
      } while (dice.again(3));
    }
    if (dice.below(16) != 1) {
      Checksum.repair(c);
    }
    return c.file();
  }

  /** What a trainer of the same kind refuses, by its settings or its network, is refused. */
  private void use(TrainingState state, int kind, Dice dice) {
    try (Trainer trainer = Bases.trainer(kind, state.network())) {
      trainer.restore(state);
      requireEqual(state, trainer.state());
      Checkpoints written = Checkpoints.in(scratch.path("checkpoints-again")).keep(1);
      written.save(trainer);
      requireEqual(state, written.latest().state());
      if (dice.below(4) == 0) {
        goOn(trainer, state);
      }
    } catch (QuernException e) {
      Attacks.requireMessage(e);
    }
  }

  /** Two steps of the call of fit that the state is in, or of a new one. */
  private static void goOn(Trainer trainer, TrainingState state) {
    TrainingState.Fit fit = state.progress().fit();
    trainer.fit(
        Bases.data(),
        fit == null ? 1 : fit.epochs(),
        new TrainingListener() {
          private int steps;

          @Override
          public void onStep(Step step) {
            if (++steps > 1) {
              trainer.stop();
            }
          }
        });
  }

  private static void requireEqual(TrainingState a, TrainingState b) {
    Tensors.require("network", a.network(), b.network());
    Tensors.require("settings", given(a.settings()), given(b.settings()));
    Tensors.require("progress", counted(a.progress(), b.progress()), b.progress());
    Tensors.requireEqual("state", a.tensors(), b.tensors());
  }

  /** Old files have not counted the answers: the number is the reader's. */
  private static TrainingState.Progress counted(
      TrainingState.Progress p, TrainingState.Progress by) {
    TrainingState.Fit f = p.fit();
    if (f == null || f.answers() != null || by.fit() == null) {
      return p;
    }
    TrainingState.Fit fit =
        new TrainingState.Fit(
            f.epochs(),
            f.data(),
            f.images(),
            f.done(),
            f.step(),
            f.lossSum(),
            f.correct(),
            f.seconds(),
            by.fit().answers());
    return new TrainingState.Progress(p.steps(), p.updates(), p.accumulated(), p.epochs(), fit);
  }

  /** A setting of {@code none} is as good as one that is not there. */
  private static Map<String, String> given(Map<String, String> settings) {
    Map<String, String> given = new TreeMap<>(settings);
    given.values().removeIf("none"::equals);
    return given;
  }
}
