package dev.quern.bench.random;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A file with a line of JSON for each network, which a run that was broken off goes on with. */
final class Results {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final List<Result> all = new ArrayList<>();

  Results(Path file) throws IOException {
    this.file = file;
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        all.add(JSON.readValue(line, Result.class));
      }
    }
  }

  List<Result> all() {
    return all;
  }

  Optional<Result> find(String family, int seed, int batch, int threads) {
    return all.stream().filter(r -> r.isOf(family, seed, batch, threads)).findFirst();
  }

  void add(Result result) throws IOException {
    all.add(result);
    Files.writeString(
        file,
        JSON.writeValueAsString(result) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
