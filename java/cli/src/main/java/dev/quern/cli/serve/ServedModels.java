package dev.quern.cli.serve;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.predict.Model;
import dev.quern.serve.ModelServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;

/** The models of {@code quern serve}: files, which stay, and folders, which are looked at again. */
final class ServedModels {
  private final ModelServer server;
  private final CommandLine line;

  /** By name where they come from. */
  private final Map<String, Path> served = new TreeMap<>();

  private final List<ServedFolder> folders = new ArrayList<>();

  ServedModels(ModelServer server, CommandLine line) {
    this.server = server;
    this.line = line;
  }

  /**
   * Serves a file, or what is in a folder.
   *
   * @throws NotFoundException if the folder has no model that can be read
   */
  void add(ModelSource source) {
    if (!Files.isDirectory(source.path())) {
      deploy(source);
      return;
    }
    ServedFolder folder = new ServedFolder(source.path(), this, line);
    if (folder.begin() == 0) {
      throw new NotFoundException(
          "serve: " + source.path() + " contains no readable model file (*.safetensors or *.onnx)");
    }
    folders.add(folder);
  }

  /** Deploys what is new or changed in folders, and removes what is gone. */
  void look() {
    folders.forEach(ServedFolder::look);
  }

  List<String> names() {
    return List.copyOf(served.keySet());
  }

  /**
   * Deploys a file's model, replacing an earlier version.
   *
   * @return the version
   * @throws InvalidArgumentException if another file has the name, or the name is not valid
   */
  int deploy(ModelSource source) {
    Path other = served.getOrDefault(source.name(), source.path());
    if (!other.equals(source.path())) {
      throw new InvalidArgumentException(
          "serve: " + source.path() + ": " + other + " has the name " + source.name() + " already");
    }
    Model model = Model.of(source.model().data());
    try {
      int version = server.deploy(source.name(), model);
      served.put(source.name(), source.path());
      return version;
    } catch (RuntimeException | Error e) { // a deploy that throws leaves the model ours
      model.close();
      throw e;
    }
  }

  /** Whether it was served. */
  boolean remove(ModelSource source) {
    return served.remove(source.name(), source.path()) && server.remove(source.name());
  }
}
