package dev.quern.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.io.Checkpoint;
import dev.quern.io.Checkpoints;
import dev.quern.io.ModelFile;
import dev.quern.predict.ModelData;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options of {@code quern train}: what they do, and which values are refused. */
class TrainOptionsTest extends SmallTrainingCase {
  @Test
  void optionsReachTheTrainer() {
    Path out = dir.resolve("run");
    Cli.Result r =
        train(
                "--optimizer",
                "adamw",
                "--lr",
                "0.01",
                "--schedule",
                "one-cycle",
                "--label-smoothing",
                "0.1",
                "--precision",
                "strict",
                "--weight-decay",
                "0.02",
                "--decay-weights-only",
                "--ema",
                "0.5",
                "--clip",
                "1.5",
                "--validation",
                "60",
                "--patience",
                "3",
                "--epochs",
                2,
                "--out",
                out)
            .succeeds();
    assertThat(r.lines().get(0)).contains("240 training");
    assertThat(r.lines().get(1))
        .contains(
            "optimizer adamw",
            "lr 0.01",
            "schedule one-cycle",
            "weight decay 0.02",
            "precision strict")
        .contains("decay weights only true", "label smoothing 0.1", "clip 1.5", "ema 0.5");
    assertThat(r.lines().get(2)).containsPattern("validation loss \\d+\\.\\d{4} accuracy [01]\\.");
    assertThat(ModelFile.load(out.resolve("model.safetensors")).provenance())
        .containsEntry("optimizer", "adamw")
        .containsEntry("ema", "0.5")
        .containsEntry("images", "240");
    Checkpoint last = Checkpoints.in(out.resolve("checkpoints")).latest();
    assertThat(last.state().settings())
        .containsEntry("clip_norm", "1.5")
        .containsEntry("decay_weights_only", "true")
        .containsEntry("ema", "0.5")
        .hasEntrySatisfying("optimizer", o -> assertThat(o).contains("weightDecay=0.02"))
        .hasEntrySatisfying("loss", l -> assertThat(l).contains("labelSmoothing=0.1"));
  }

  @Test
  void mixedPrecisionReachesTheTrainer() {
    Path out = dir.resolve("run");
    Cli.Result r = train("--precision", "bf16", "--epochs", 1, "--out", out).succeeds();
    assertThat(r.lines().get(1)).contains("precision bf16");
    Checkpoint last = Checkpoints.in(out.resolve("checkpoints")).latest();
    assertThat(last.state().settings()).containsEntry("precision", "BF16");
  }

  @ParameterizedTest
  @CsvSource({"adam", "adamw", "rmsprop", "muon"})
  void everyOptimizerLearns(String name) {
    Path out = dir.resolve("run");
    String lr = name.equals("muon") ? "0.05" : "0.01";
    Cli.Result r =
        train("--optimizer", name, "--lr", lr, "--epochs", 4, "--batch", 20, "--out", out)
            .succeeds();
    assertThat(Double.parseDouble(r.lastLine().split(" ")[2])).as(r.lastLine()).isGreaterThan(0.8);
  }

  @ParameterizedTest
  @CsvSource({
    "--batch, 0, 0",
    "--batch, -3, -3",
    "--batch, many, many",
    "--batch, 99999999999, 99999999999",
    "--epochs, 0, 0",
    "--limit, 0, 0",
    "--lr, -1, -1.0",
    "--lr, NaN, NaN",
    "--lr, 1e99, Infinity",
    "--lr, fast, fast",
    "--momentum, -0.5, -0.5",
    "--optimizer, lbfgs, lbfgs",
    "--schedule, zigzag, zigzag",
    "--label-smoothing, 1.5, 1.5",
    "--precision, exact, exact",
    "--weight-decay, -1, -1.0",
    "--ema, 1, 1.0",
    "--clip, 0, 0.0",
    "--keep, 0, 0",
    "--checkpoint-every, 0, 0",
    "--validation, 0, 0",
    "--patience, 3, --validation",
    "--seed, one, one",
    "--threads, 0, 0",
    "--threads, 65, 65",
    "--net, vgg99, vgg99",
    "--data, imagenet, imagenet"
  })
  void badValuesAreRefused(String option, String value, String named) {
    Path out = dir.resolve("run");
    Cli.Result r =
        Cli.run("train", "--data-dir", small.data(), "--out", out, option, value).isRefused(named);
    assertThat(r.out()).isEmpty();
    assertThat(out).doesNotExist();
  }

  @Test
  void absurdBatchIsRefusedWithFigures() {
    Path out = dir.resolve("run");
    train("--batch", Integer.MAX_VALUE, "--out", out)
        .fails("MiB", Integer.toString(Integer.MAX_VALUE));
    assertThat(out).doesNotExist();
  }

  @Test
  void augmentsAndSaysSo() {
    Path out = dir.resolve("moved");
    Cli.Result r = train("--epochs", 1, "--crop", 2, "--flip", "--out", out).succeeds();
    assertThat(r.lines().get(1)).contains("crop 2", "flip true");
    ModelData moved = ModelFile.load(out.resolve("model.safetensors"));
    assertThat(moved.provenance()).containsEntry("crop", "2").containsEntry("flip", "true");
    train("--epochs", 1, "--out", dir.resolve("plain")).succeeds();
    ModelData plain = ModelFile.load(dir.resolve("plain/model.safetensors"));
    assertThat(moved.weights().values().iterator().next())
        .isNotEqualTo(plain.weights().values().iterator().next());
    train("--crop", 16)
        .fails("padding 16 of random crop must be less than the height and width of images");
    train("--crop", 0).isRefused("'0' is not an integer of at least 1");
    train("--crop-mode", "reflect").isRefused("--crop-mode requires --crop");
    train("--flip", "twice").isRefused("'twice' is neither random nor alternating");
    Path other = dir.resolve("alternating");
    train(
            "--epochs",
            1,
            "--crop",
            2,
            "--crop-mode",
            "reflect",
            "--flip",
            "alternating",
            "--out",
            other)
        .succeeds();
    assertThat(ModelFile.load(other.resolve("model.safetensors")).provenance())
        .containsEntry("crop_mode", "reflect")
        .containsEntry("flip", "alternating");
  }

  @Test
  void augmentsByAListInItsOrder() {
    String all =
        "resized_crop:0.5,rotation:10,affine:5:0.1,perspective:0.2,color_jitter:0.4:0.4:0.4:0.1,"
            + "grayscale,gaussian_blur:3,gaussian_noise:0.05,erasing,cutout:4,vertical_flip,"
            + "crop:2,reflect_crop:2,horizontal_flip,alternating_flip,trivial_augment,rand_augment";
    Path out = dir.resolve("list");
    train("--epochs", 1, "--augment", all, "--out", out).succeeds();
    assertThat(ModelFile.load(out.resolve("model.safetensors")).provenance())
        .containsEntry("augment", all);
    train("--augment", "blur").isRefused("'blur': expected one of crop,");
    train("--augment", "cutout").isRefused("takes 1 to 1 numbers");
    train("--augment", "cutout:x").isRefused("'x' is not a number");
    train("--augment", "cutout:1.5").isRefused("1.5 is not an integer");
    train("--augment", "rotation:999").isRefused("degrees 999.0 is outside [0.0, 360.0]");
    train("--augment", "gaussian_blur:99").fails("must be less than twice the height and width");
  }

  @Test
  void mixesImages() {
    Path out = dir.resolve("mixed");
    Object[] both = {"--mixup", 0.2, "--cutmix", 1, "--epochs", 1, "--out", out};
    assertThat(train(both).succeeds().lines().get(1)).contains("mixup 0.2", "cutmix 1.0");
    ModelData mixed = ModelFile.load(out.resolve("model.safetensors"));
    assertThat(mixed.provenance()).containsEntry("mixup", "0.2").containsEntry("cutmix", "1.0");
    train("--epochs", 1, "--out", dir.resolve("plain")).succeeds();
    ModelData plain = ModelFile.load(dir.resolve("plain/model.safetensors"));
    assertThat(mixed.weights().values().iterator().next())
        .isNotEqualTo(plain.weights().values().iterator().next());
    train("--mixup", 0).isRefused("mixup: alpha 0.0 must be finite and above 0");
    train("--cutmix", "NaN").isRefused("cutmix: alpha NaN must be finite and above 0");
  }

  @Test
  void frozenLayersStay() {
    Path first = dir.resolve("first");
    Path second = dir.resolve("second");
    for (Path folder : List.of(first, second)) {
      int epochs = folder == first ? 1 : 2;
      Cli.Result r = train("--epochs", epochs, "--freeze", "conv*", "--out", folder).succeeds();
      assertThat(r.lines().get(1)).contains("freeze conv*");
    }
    ModelData once = ModelFile.load(first.resolve("model.safetensors"));
    ModelData twice = ModelFile.load(second.resolve("model.safetensors"));
    assertThat(once.provenance()).containsEntry("freeze", "conv*");
    for (String name : once.weights().keySet()) {
      boolean same = Arrays.equals(once.weights().get(name), twice.weights().get(name));
      assertThat(same).as(name).isEqualTo(name.startsWith("conv"));
    }
    train("--freeze", "nothing").fails("freeze: pattern nothing matches none of conv");
  }

  @Test
  void refusesPathsThatAreNone() {
    train("--out", "").isRefused("'--out'", "'' is not a path");
    train("--resume", "").isRefused("'' is not a path");
    train("--out", "a\0b").isRefused("is not a path");
  }
}
