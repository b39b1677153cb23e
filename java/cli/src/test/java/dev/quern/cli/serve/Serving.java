package dev.quern.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Main;
import dev.quern.io.ModelFile;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A {@code quern serve} that runs in this process, on a free port, and is asked. */
final class Serving implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("serving (.*) at (https?://\\S+)\\R");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CompletableFuture<Integer> status = new CompletableFuture<>();
  private final Thread thread;
  private final HttpClient client;

  private Serving(HttpClient client, Object... args) {
    this.client = client;
    String[] words =
        Stream.of(Cli.joined(List.of("serve", "--port", 0), args))
            .map(Object::toString)
            .toArray(String[]::new);
    thread =
        new Thread(
            () -> status.complete(Main.run(new PrintWriter(out), new PrintWriter(err), words)));
  }

  static Serving of(Object... args) throws Exception {
    return of(HttpClient.newHttpClient(), args);
  }

  static Serving of(HttpClient client, Object... args) throws Exception {
    Serving s = new Serving(client, args);
    s.thread.start();
    await(() -> s.matcher().find() || s.status.isDone());
    assertThat(s.status).as(s.err()).isNotDone();
    return s;
  }

  /** Writes a model of pictures of 3x8x8, in one go. */
  static Path model(Path file, long seed) throws Exception {
    Network network =
        Network.builder("small", Shape.of(3, 8, 8))
            .add(new Flatten())
            .add("scores", new Linear(3))
            .task(Task.singleLabel("cat", "dog", "owl"))
            .build();
    Path written = file.resolveSibling("." + file.getFileName());
    ModelFile.save(written, ModelData.untrained(network, seed));
    return Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private Matcher matcher() {
    return ADDRESS.matcher(out());
  }

  String names() {
    Matcher m = matcher();
    assertThat(m.find()).isTrue();
    return m.group(1);
  }

  String address() {
    Matcher m = matcher();
    assertThat(m.find()).isTrue();
    return m.group(2);
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(address() + path)), headers);
  }

  HttpResponse<String> predict(String model, byte[] picture) throws Exception {
    URI uri = URI.create(address() + "/v1/models/" + model + ":predict");
    return send(HttpRequest.newBuilder(uri).POST(BodyPublishers.ofByteArray(picture)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String... headers)
      throws Exception {
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** Waits for what comes within seconds. */
  static void await(Callable<Boolean> done) throws Exception {
    for (int i = 0; i < 600 && !done.call(); i++) {
      Thread.sleep(50);
    }
    assertThat(done.call()).isTrue();
  }

  /** Stops it; the exit status. */
  int stop() {
    thread.interrupt();
    return status.orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    stop();
  }
}
