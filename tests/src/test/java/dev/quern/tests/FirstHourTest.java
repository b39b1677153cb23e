package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.quern.data.Dataset;
import dev.quern.error.QuernException;
import dev.quern.fixtures.Fixtures;
import dev.quern.io.dataset.ImageFolder;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.AdamW;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.train.Trainer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The page {@code tests/peers/FIRST-HOUR.md}: Quern's programs and commands run, the lines of all
 * programs are counted again, and Quern's messages are those that it quotes.
 */
@Tag("full")
class FirstHourTest {
  private static final String PAGE = "tests/peers/FIRST-HOUR.md";
  private static final Path PROGRAMS = Docs.ROOT.resolve("tests/peers/first-hour");
  private static final String PRETRAINED = "cifar10_resnet8";
  private static final String GOOD = "(0\\.[7-9]\\d*|1\\.0)";

  /** The end of what each program prints. */
  private static final Map<String, String> PRINTS =
      Map.of(
          "Classification", "Evaluation\\[accuracy=.*\n\\[LabelScore\\[label=circle.*\n",
          "SeveralLabels", "Evaluation\\[accuracy=" + GOOD + ".*\n\\[LabelScore\\[label=line.*\n",
          "NumbersFromImages", "Evaluation\\[mae=0\\.[0-3].*\n\\{.*names=\\[size].*}\n",
          "Masks", "Evaluation\\[accuracy=" + GOOD + ".*\n\\{classes=.*16.*}\n",
          "Waves", "Evaluation\\[accuracy=" + GOOD + ".*\nTensor 1x2 .*\n",
          "TwoInputs", "Evaluation\\[accuracy=" + GOOD + ".*\nTensor 1x2 .*\n");

  private static final Map<String, String> TEXTS = new HashMap<>();

  @TempDir static Path folder;

  @BeforeAll
  static void run() throws Exception {
    FirstHourData.write(folder);
    List<Path> runs = PRINTS.keySet().stream().sorted().map(FirstHourTest::program).toList();
    List<Path> others = List.of(program("FineTunedNetwork"), program("Serving"));
    List<String> texts = Docs.runAll(folder, Map.of(), folder.resolve("programs"), runs, others);
    for (int i = 0; i < texts.size(); i++) {
      TEXTS.put(ProgramsMain.name(runs.get(i)), texts.get(i));
    }
  }

  private static Path program(String name) {
    return PROGRAMS.resolve(name + ".java");
  }

  static Stream<String> programs() {
    return PRINTS.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void programsRun(String name) {
    assertThat(TEXTS.get(name)).matches("(?s).*" + PRINTS.get(name));
  }

  @Test
  void theNetworkIsFineTuned() throws Exception {
    Path models = Fixtures.model(PRETRAINED + ".onnx").toAbsolutePath().getParent();
    String text =
        Docs.runAll(
                folder,
                Map.of("QUERN_MODELS", models.toString()),
                folder.resolve("tuned"),
                List.of(program("FineTunedNetwork")),
                List.of())
            .get(0);
    assertThat(text).matches("(?s).*Evaluation\\[accuracy=.*\n\\[LabelScore\\[label=circle.*\n");
  }

  @Test
  void theServerServes() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    String source = Files.readString(program("Serving"));
    assertThat(source).contains(".port(8000)");
    Path other = Files.createDirectories(folder.resolve("serving")).resolve("Serving.java");
    Files.writeString(other, source.replace(".port(8000)", ".port(" + port + ")"));
    List<String> command = new ArrayList<>(Docs.java());
    command.add(other.toString());
    Process server =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("serving/out.txt").toFile())
            .start();
    try {
      String at = "http://localhost:" + port + "/v1/models/photos:predict";
      String response = response(server, URI.create(at), folder.resolve("photos/circle/0.png"));
      assertThat(response).contains("{\"label\":\"circle\",\"index\":0,\"probability\":");
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  /** The response for a file, as soon as the server has its model; fails if the server ends. */
  private static String response(Process server, URI at, Path file) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(at).POST(HttpRequest.BodyPublishers.ofFile(file)).build();
    while (true) {
      assertThat(server.isAlive()).as("the server runs").isTrue();
      try {
        HttpResponse<String> response =
            HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() == 200) {
          return response.body();
        }
      } catch (IOException e) {
        // it does not listen yet
      }
      Thread.sleep(20);
    }
  }

  /**
   * One epoch of a few images each; the fine-tuned network and the server are those of the tests
   * above.
   */
  @Test
  void commandsRun() throws Exception {
    List<String> all = new ArrayList<>();
    Matcher m = Pattern.compile("^quern (.*)$", Pattern.MULTILINE).matcher(page());
    while (m.find()) {
      String line = m.group(1);
      if (line.startsWith("train") && !line.contains("tuned")) {
        all.add(line + " --epochs 1 --limit 16 --no-report");
      } else if (line.startsWith("predict") && !line.contains("tuned")) {
        all.add(line);
      }
    }
    assertThat(all).hasSize(8);
    Docs.quern(folder, all);
  }

  /** A cell is {@code [lines](file)}, and {@code [lines / with class and main](file)} of Java. */
  @Test
  void linesAreCounted() throws IOException {
    Matcher m = Pattern.compile("\\[(\\d+)(?: / (\\d+))?]\\(first-hour/([^)]*)\\)").matcher(page());
    List<String> linked = new ArrayList<>();
    while (m.find()) {
      Path file = PROGRAMS.resolve(m.group(3));
      linked.add(m.group(3));
      List<String> lines = Files.readAllLines(file);
      assertThat(lines).as(m.group(3)).allMatch(line -> line.length() <= 100);
      assertThat(count(lines, false)).as(m.group(3)).isEqualTo(Integer.parseInt(m.group(1)));
      if (m.group(2) != null) {
        assertThat(count(lines, true)).as(m.group(3)).isEqualTo(Integer.parseInt(m.group(2)));
      }
    }
    try (Stream<Path> files = Files.list(PROGRAMS)) {
      assertThat(linked)
          .containsExactlyInAnyOrderElementsOf(files.map(f -> f.getFileName().toString()).toList());
    }
  }

  /** Lines that are not blank, a comment, an import or closing brackets alone. */
  private static int count(List<String> lines, boolean scaffolding) {
    Stream<String> counted =
        lines.stream()
            .map(String::strip)
            .filter(l -> !l.matches("|[\\])};,]+|(#|//|/\\*\\*|\\*).*|(import|from|package) .*"));
    return (int)
        counted.filter(l -> scaffolding || !l.matches("public (class|static void main).*")).count();
  }

  /** Each first line of what Quern says, digits aside, stands in the page. */
  @Test
  void messagesAreQuoted() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Files.createDirectories(empty.resolve("square"));
    Files.createDirectories(empty.resolve("circle"));
    Files.copy(folder.resolve("photos/circle/0.png"), empty.resolve("circle/0.png"));
    Network lenet = Networks.lenet(Shape.of(3, 24, 24), 2);
    List<String> classes = List.of("circle", "square");
    Dataset photos = Dataset.of("photos", lenet.input(), classes, new byte[3456], new int[] {0, 1});
    List<String> said = new ArrayList<>();
    said.add(said(() -> ImageFolder.builder(folder.resolve("nowhere")).size(Size.of(24)).open()));
    said.add(said(() -> ImageFolder.builder(empty).size(Size.of(24)).open()));
    try (Model model = Model.load(folder.resolve("photos.safetensors"));
        Arena arena = new Arena()) {
      said.add(said(() -> model.predict(arena.tensor(Shape.of(1, 1, 32, 32)))));
      assertThat(model.classify(folder.resolve("marks/0.png"))).hasSize(2); // of any size
    }
    int[] labels = {0, 2};
    said.add(said(() -> Dataset.of("photos", lenet.input(), classes, new byte[3456], labels)));
    try (Trainer trainer = Trainer.builder(lenet).optimizer(new AdamW(1000)).build()) {
      said.add(said(() -> trainer.fit(photos, 1000)));
    }
    String page = page().replaceAll("\\d+", "0");
    assertThat(said).allMatch(s -> page.contains("`" + s + "`"));
  }

  private static String said(ThrowingCallable mistake) {
    Throwable thrown = catchThrowable(mistake);
    assertThat(thrown).isInstanceOf(QuernException.class);
    return thrown.getMessage().replace(folder + "/", "").replaceAll("\\d+", "0");
  }

  private static String page() throws IOException {
    return Files.readString(Docs.ROOT.resolve(PAGE));
  }
}
