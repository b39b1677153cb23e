package dev.quern.fuzz.files;

import dev.quern.cli.run.ConfigFile;
import dev.quern.cli.search.SearchSpace;
import dev.quern.cli.serve.Secrets;
import dev.quern.io.NameMap;
import dev.quern.report.RunReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;

/** Small text files: options, search spaces, names of weights, histories, reports, secrets. */
final class TextFormat implements Format {
  private static final String NAMES = "# weights\nmodule. =\n*.kernel.* = *.weight.*\nfc = linear1";
  private static final String CONFIG =
      """
      {"net": "n.json", "data": "mnist", "epochs": 3, "lr": 0.1, "ema": 0.9, "overwrite": true,
       "augment": ["flip", "crop:4"], "provenance": {"a": 1}}
      """;
  private static final String YAML =
      """
      net: n.json
      lr: 1e-3
      augment: [flip, "crop:4"]
      overwrite: yes
      anchor: &a {x: 1, y: [1, 2]}
      alias: *a
      text: |
        two
        lines
      """;
  private static final String SPACE =
      """
      {"lr": {"log": [1e-5, 0.1]}, "batch": [8, 16, 32], "momentum": {"range": [0.5, 0.99]},
       "optimizer": ["sgd", "adam"]}
      """;
  private static final String HISTORY =
      "epoch,step,loss,accuracy,val_loss,val_accuracy,lr,seconds\n1,10,2.3,0.1,2.2,0.2,0.1,1.5\n"
          + "2,20,1.3,0.5,1.2,0.6,0.01,1.5\n";
  private static final List<String> ODD =
      List.of(
          "\n",
          "*",
          " = ",
          ",",
          "\u0000",
          "&b ",
          "*b",
          "!!java.net.URL [x]",
          "? ",
          "- ",
          "{",
          "[",
          "%YAML 9.9\n",
          "\t",
          "\ufeff",
          "NaN",
          "-1e999",
          "\"",
          "\u2028",
          "9".repeat(400),
          "---\n");
  private static final byte[] PASSWORD = "password of tests".getBytes(StandardCharsets.US_ASCII);

  private final Scratch scratch;
  private final byte[] keystore;

  TextFormat(Scratch scratch) throws IOException, GeneralSecurityException {
    this.scratch = scratch;
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    store.store(out, "password of tests".toCharArray());
    keystore = out.toByteArray();
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    switch (dice.below(7)) {
      case 0 -> names(NameMap.load(scratch.file("names.txt", text(NAMES, dice))));
      case 1 -> ConfigFile.read("config", scratch.file("config.json", json(CONFIG, dice)));
      case 2 -> ConfigFile.read("config", scratch.file("config.yaml", text(YAML, dice)));
      case 3 -> SearchSpace.read(scratch.file("space.json", json(SPACE, dice)));
      case 4 -> history(dice);
      case 5 -> Secrets.token(scratch.file("token.txt", text("0123456789abcdef\n", dice)));
      default -> secrets(dice);
    }
    return true;
  }

  private static void names(NameMap names) {
    List<String> all = List.of("module.a.kernel.b", "fc", "", "x");
    all.forEach(names::renamed);
    names.unused(all);
  }

  private void history(Dice dice) throws IOException {
    Path folder = scratch.empty("run-of-report");
    Files.write(folder.resolve("history.csv"), text(HISTORY, dice));
    RunReport read = RunReport.ofRun(folder);
    read.html();
    Path kept = scratch.path("report.json");
    read.save(kept);
    if (dice.oneIn(2)) {
      Files.write(kept, json(Files.readString(kept), dice));
    }
    RunReport.load(kept).html();
  }

  private void secrets(Dice dice) throws IOException {
    byte[] store = dice.oneIn(2) ? keystore : Bits.mutate(keystore, PASSWORD, dice);
    byte[] word = dice.oneIn(4) ? Bits.mutate(PASSWORD, PASSWORD, dice) : PASSWORD;
    Secrets.tls(scratch.file("keys.p12", store), scratch.file("password.txt", word));
  }

  private static byte[] json(String base, Dice dice) {
    return JsonText.mutate(base, dice).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] text(String base, Dice dice) {
    byte[] text = base.getBytes(StandardCharsets.UTF_8);
    do {
      byte[] odd = dice.of(ODD).getBytes(StandardCharsets.UTF_8);
      int at = dice.below(text.length + 1);
      text = dice.oneIn(3) ? Bits.mutate(text, odd, dice) : Bits.spliced(text, at, odd, at);
    } while (dice.again(3));
    return text;
  }
}
