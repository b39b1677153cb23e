package dev.quern.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.report.data.ActivationData;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How large activations are, and which units are dead. */
class ActivationsTest {
  private static final Network NET =
      Network.builder("net", Shape.of(1, 28, 28))
          .add("conv", new Conv2d(4, 1))
          .add("act", new Relu())
          .add("flat", new Flatten())
          .add("fc", new Linear(10))
          .build();

  private final Dataset data = Runs.data(64);

  @TempDir Path folder;

  private MultiDataset named() {
    return MultiDataset.of(Map.of("input", data), Map.of("fc", data));
  }

  /** Of a 1x1 filter each value is known: one channel is dead, one the image, one twice, one 3. */
  @Test
  void sizesAndDeadUnitsAreThoseOfTheValues() {
    Map<String, float[]> weights = new HashMap<>();
    weights.put("conv.weight", new float[] {-1, 1, 2, 0});
    weights.put("conv.bias", new float[] {-1, 0, 0, 3});
    weights.put("fc.weight", new float[10 * 4 * 784]);
    weights.put("fc.bias", filled(5));
    try (Trainer trainer = Trainer.builder(NET).weights(weights).batch(16).build()) {
      Activations heard = new Activations(trainer, named());
      heard.onEpoch(Runs.epoch(3));
      List<ActivationData> all = heard.measured();
      assertThat(all).extracting(ActivationData::layer).containsExactly("conv", "act", "fc");
      double squares = 0;
      for (int n = 0; n < 32; n++) {
        for (byte b : data.image(n)) {
          double v = (b & 0xff) / 255.0;
          squares += v * v + 4 * v * v + 9;
        }
      }
      ActivationData act = all.get(1);
      assertThat(act.type()).isEqualTo("relu");
      assertThat(act.rms()).isEqualTo(Math.sqrt(squares / (32 * 4 * 784)), offset(1e-4));
      assertThat(act.dead()).isEqualTo(0.25);
      assertThat(all.get(0).dead()).isNaN();
      assertThat(all.get(2).rms()).isEqualTo(5, offset(1e-5));
    }
  }

  private static float[] filled(float value) {
    float[] all = new float[10];
    Arrays.fill(all, value);
    return all;
  }

  @Test
  void aReportHasThem() {
    try (Trainer trainer = Trainer.builder(NET).batch(16).build()) {
      Activations heard = new Activations(trainer, named());
      trainer.fit(data, 2, heard);
      RunReport report =
          RunReport.of(trainer.modelData(Map.of())).activations(heard).title("t").build();
      assertThat(report.html())
          .contains("<h2>Activations</h2>", "dead, epoch 1", "dead, epoch 2", "act");
      Activations once = new Activations(trainer, named());
      trainer.fit(data, 1, once);
      assertThat(RunReport.of(trainer.modelData(Map.of())).activations(once).build().html())
          .containsOnlyOnce("dead, epoch 3");
      Path file = folder.resolve("report.json");
      report.save(file);
      assertThat(RunReport.load(file).html()).isEqualTo(report.html());
    }
  }

  /** A report of before. */
  @Test
  void aFileWithoutThemIsRead() throws Exception {
    Path file = folder.resolve("report.json");
    Runs.report(1).save(file);
    String text = Files.readString(file);
    assertThat(text).contains(",\"activations\":[]");
    Files.writeString(file, text.replace(",\"activations\":[]", ""));
    assertThat(RunReport.load(file).html()).isEqualTo(Runs.report(1).html());
  }

  /** Training goes as without it. */
  @Test
  void bitsStayTheSame() {
    assertThat(trained(true)).isEqualTo(trained(false));
  }

  private float[] trained(boolean heard) {
    try (Trainer trainer = Trainer.builder(NET).batch(16).build()) {
      if (heard) {
        trainer.fit(data, 2, new Activations(trainer, named()));
      } else {
        trainer.fit(data, 2);
      }
      return trainer.modelData(Map.of()).weights().get("fc.weight");
    }
  }

  @Test
  void nullsAreRefused() {
    try (Trainer trainer = Trainer.builder(NET).build()) {
      assertThatThrownBy(() -> new Activations(null, named()))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> new Activations(trainer, null))
          .isInstanceOf(InvalidArgumentException.class);
    }
  }
}
