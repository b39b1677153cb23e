package dev.quern.fuzz.files;

import dev.quern.cli.Main;
import dev.quern.fuzz.Attack;
import dev.quern.io.dataset.IdxFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Files as the command line reads them: a run's folder, models, descriptions. */
final class CommandFormat implements Format {
  private static final List<String> OPTIONS =
      List.of(
          "--batch",
          "--seed",
          "--limit",
          "--lr",
          "--validation",
          "--data",
          "--data-dir",
          "--task",
          "multi_label",
          "--schedule",
          "--keep",
          "--threads",
          "--net",
          "--help",
          "--resume",
          "-1",
          "2",
          "",
          "x",
          "mnist",
          "cosine",
          "99999999999",
          "\u0000");

  private static final byte[] NAMES =
      "# weights\nmodule. =\n*.kernel = *.weight\nfc = linear1".getBytes(StandardCharsets.UTF_8);

  private final Scratch scratch;
  private final byte[] checkpoint;
  private final byte[] model;
  private final byte[] description;

  CommandFormat(Scratch scratch) throws IOException {
    this.scratch = scratch;
    description =
        """
        {"name": "tiny", "input": [1, 4, 4], "layers": [
          {"type": "flatten"}, {"type": "linear", "out_features": 10}]}
        """
            .getBytes(StandardCharsets.UTF_8);
    Path net = scratch.file("tiny.json", description);
    Path data = scratch.empty("mnist");
    for (String split : List.of("train", "t10k")) {
      new IdxFile(new int[] {6, 4, 4}, new byte[96])
          .write(data.resolve(split + "-images-idx3-ubyte"));
      new IdxFile(new int[] {6}, new byte[6]).write(data.resolve(split + "-labels-idx1-ubyte"));
    }
    Path run = scratch.empty("run-base");
    String[] train =
        ("train --data mnist --epochs 2 --batch 2 --checkpoint-every 1 --keep 9 --data-dir "
                + data
                + " --net "
                + net
                + " --out "
                + run)
            .split(" ");
    StringWriter said = new StringWriter();
    if (Main.run(new PrintWriter(said), new PrintWriter(said), train) != 0) {
      throw new IllegalStateException("the run to begin with failed: " + said);
    }
    checkpoint = Files.readAllBytes(run.resolve("checkpoints/checkpoint-000000004.safetensors"));
    model = Files.readAllBytes(run.resolve("model.safetensors"));
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    return switch (dice.below(8)) {
      case 0 -> run("predict", "--model", model(dice).toString(), image(dice).toString());
      case 1 ->
          run(
              "eval",
              "--data",
              "mnist",
              "--data-dir",
              scratch.path("mnist").toString(),
              "--model",
              model(dice).toString());
      case 2 -> run("summary", "--net", file("any.json", description, dice).toString());
      case 3 -> run("summary", "--model", model(dice).toString());
      case 4 ->
          run(
              "import",
              model(dice).toString(),
              "--net",
              scratch.path("tiny.json").toString(),
              "--names",
              file("names.txt", NAMES, dice).toString(),
              "--partial",
              "--overwrite",
              "--out",
              scratch.path("imported.safetensors").toString());
      default -> resume(dice);
    };
  }

  private boolean resume(Dice dice) throws IOException {
    Path folder = scratch.empty("run");
    Container c = Container.of(checkpoint);
    String key = "info.options";
    c.metadata.put(key, options(c.metadata.get(key), dice));
    Checksum.repair(c);
    Files.createDirectory(folder.resolve("checkpoints"));
    Files.write(folder.resolve("checkpoints/checkpoint-000000004.safetensors"), c.file());
    switch (dice.below(4)) {
      case 1 -> Files.createDirectory(folder.resolve("history.csv"));
      case 2 -> Files.write(folder.resolve("history.csv"), dice.literal(60));
      case 3 -> Files.write(folder.resolve("model.safetensors"), dice.literal(60));
      default -> {
        // none is there
      }
    }
    return run("train", "--resume", folder.toString());
  }

  /** One word a line; the number of epochs stays, for the command would train them all. */
  private static String options(String text, Dice dice) {
    List<String> words = new ArrayList<>(List.of(text.split("\n")));
    do {
      int i = dice.below(words.size());
      if (i > 0 && words.get(i - 1).equals("--epochs") || words.get(i).equals("--epochs")) {
        continue;
      }
      switch (dice.below(4)) {
        case 1 -> words.set(i, dice.of(OPTIONS));
        case 2 -> words.add(i, dice.of(OPTIONS));
        case 3 -> words.add(dice.of(OPTIONS));
        default -> {
          // as it was
        }
      }
    } while (dice.again(2));
    return String.join("\n", words);
  }

  private boolean run(String... args) {
    StringWriter err = new StringWriter();
    int status =
        Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err, true), debug(args));
    String said = err.toString();
    if (said.contains("internal error") || status != 0 && !said.startsWith("quern: ")) {
      throw new Attack.Finding(
          "quern " + String.join(" ", args) + ": status " + status + ", " + said, null);
    }
    return status == 0;
  }

  private static String[] debug(String... args) {
    String[] all = Arrays.copyOf(args, args.length + 1);
    all[args.length] = "--debug";
    return all;
  }

  private Path file(String name, byte[] content, Dice dice) throws IOException {
    byte[] now = dice.oneIn(2) ? content : Bits.mutate(content, content, dice);
    return scratch.file(name, now);
  }

  private Path model(Dice dice) throws IOException {
    return file("any.safetensors", model, dice);
  }

  private Path image(Dice dice) throws IOException {
    return scratch.file("any.png", dice.literal(60));
  }
}
