package dev.quern.fuzz.files;

import dev.quern.cli.Main;
import dev.quern.fuzz.Attack;
import dev.quern.io.Safetensors;
import dev.quern.io.dataset.IdxFile;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Files as the command line reads them: a run's folder, models, descriptions, a recorded step. */
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
  private final byte[] step;

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
    step = step();
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    return switch (dice.below(9)) {
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
          run("notebook", "--replay", file("step.safetensors", recorded(dice), dice).toString());
      case 5 ->
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

  private byte[] recorded(Dice dice) throws IOException {
    Container c = Container.of(step);
    if (dice.oneIn(2)) {
      c.change(dice);
    }
    return c.file();
  }

  /** A step on one image, of zeros. */
  private byte[] step() throws IOException {
    Map<String, String> shapes = new LinkedHashMap<>();
    for (String s :
        ("x 1 3 32 32,y 1,conv1_activated 1 1 28 28,pool1 1 1 14 14,conv2_activated 1 1 12 12,"
                + "flat 1 121,fc_activated 1 64,logits 1 10,probs 1 10,loss 1,"
                + "dconv2_activated 1 1 12 12,dpool1 1 1 14 14,dconv1_activated 1 1 28 28,"
                + "dx 1 3 32 32")
            .split(",")) {
      shapes.put(s.substring(0, s.indexOf(' ')), s.substring(s.indexOf(' ') + 1));
    }
    for (String p : "K1 3 5 5,K2 1 3 3,W3 121 64,b3 64,W4 64 10,b4 10".split(",")) {
      for (String prefix : List.of("before.", "d", "after.")) {
        shapes.put(prefix + p.substring(0, 2), p.substring(3));
      }
    }
    LinkedHashMap<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
    shapes.forEach(
        (name, shape) -> {
          Shape s = Shape.of(Arrays.stream(shape.split(" ")).mapToLong(Long::parseLong).toArray());
          tensors.put(name, Safetensors.Entry.floats(s, new float[(int) s.elements()]));
        });
    Path file = scratch.path("step-base.safetensors");
    Safetensors.write(file, Map.of(), tensors);
    return Files.readAllBytes(file);
  }
}
