package dev.quern.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Folders of models change while they are served. Each test waits for seconds, beside the others.
 */
@Timeout(120)
class ServeFolderTest {
  @TempDir Path dir;

  private static int status(Serving s, String model) throws Exception {
    return s.get("/v2/models/" + model).statusCode();
  }

  private static void awaitLine(Serving s, String line) throws Exception {
    Serving.await(() -> s.out().lines().anyMatch(line::equals));
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void modelsComeChangeAndGo() throws Exception {
    Serving.model(dir.resolve("cats.safetensors"), 1);
    Files.writeString(dir.resolve("notes.txt"), "no model");
    Files.writeString(dir.resolve(".hidden.onnx"), "no model");
    Files.createDirectory(dir.resolve("folder.onnx"));
    try (Serving s = Serving.of("--model", dir)) {
      assertThat(s.names()).isEqualTo("cats");
      Serving.model(dir.resolve("dogs.safetensors"), 2);
      awaitLine(s, "dogs: version 1");
      assertThat(status(s, "dogs")).isEqualTo(200);
      Serving.model(dir.resolve("cats.safetensors"), 3);
      awaitLine(s, "cats: version 2");
      assertThat(s.get("/v2/models/cats").body()).contains("\"2\"");
      Files.delete(dir.resolve("cats.safetensors"));
      awaitLine(s, "cats: removed");
      assertThat(status(s, "cats")).isEqualTo(404);
      assertThat(status(s, "dogs")).isEqualTo(200);
      Serving.model(dir.resolve("cats.safetensors"), 3);
      awaitLine(s, "cats: version 1");
      assertThat(s.err()).isEmpty();
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aFileThatCannotBeReadIsSaidOnceAndTheOldModelGoesOn() throws Exception {
    Path cats = Serving.model(dir.resolve("cats.safetensors"), 1);
    Path first = Files.writeString(dir.resolve("first.onnx"), "no model");
    try (Serving s = Serving.of("--model", dir)) {
      assertThat(s.names()).isEqualTo("cats");
      assertThat(s.err().lines()).hasSize(1).allMatch(l -> l.contains(first.toString()));
      Files.writeString(cats, "no model any more");
      Serving.await(() -> s.err().lines().count() == 2);
      assertThat(s.err().lines().toList().get(1)).startsWith("quern: ").contains(cats.toString());
      assertThat(status(s, "cats")).isEqualTo(200);
      Serving.model(dir.resolve("dogs.safetensors"), 2); // looked at again, and again
      awaitLine(s, "dogs: version 1");
      assertThat(s.err().lines()).hasSize(2);
      Serving.model(cats, 1);
      awaitLine(s, "cats: version 2");
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aNameIsOneFiles() throws Exception {
    Path sub = Files.createDirectory(dir.resolve("models"));
    Path own = Serving.model(dir.resolve("cats.safetensors"), 1);
    Path other = Serving.model(sub.resolve("cats.safetensors"), 2);
    Path dogs = Serving.model(sub.resolve("dogs.safetensors"), 2);
    try (Serving s = Serving.of("--model", own, "--model", sub)) {
      assertThat(s.names()).isEqualTo("cats, dogs");
      assertThat(s.err().lines())
          .containsExactly("quern: serve: " + other + ": the name cats is already used by " + own);
      Path second = Serving.model(sub.resolve("dogs.onnx.safetensors"), 3);
      awaitLine(s, "dogs.onnx: version 1");
      Files.delete(dogs);
      awaitLine(s, "dogs: removed");
      assertThat(List.of(status(s, "cats"), status(s, "dogs.onnx"))).containsOnly(200);
      assertThat(second).exists();
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aFolderThatGoesIsSaidOnce() throws Exception {
    Path sub = Files.createDirectory(dir.resolve("models"));
    Serving.model(sub.resolve("cats.safetensors"), 1);
    try (Serving s = Serving.of("--model", sub)) {
      Files.move(sub, dir.resolve("away"));
      Serving.await(() -> !s.err().isEmpty());
      Thread.sleep(2500);
      assertThat(s.err().lines()).hasSize(1).allMatch(l -> l.contains("does not exist"));
      assertThat(status(s, "cats")).isEqualTo(200);
      Files.move(dir.resolve("away"), sub);
      Serving.model(sub.resolve("cats.safetensors"), 2);
      awaitLine(s, "cats: version 2");
    }
  }
}
