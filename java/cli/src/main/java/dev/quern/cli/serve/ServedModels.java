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

/**
 * The models of {@code quern serve}: files, which are loaded once, and folders, which are watched.
 */
final class ServedModels {
  private final ModelServer server;
  private final CommandLine line;

  /** The path of each served model, by the model's name. */
  private final Map<String, Path> served = new TreeMap<>();

  private final List<ServedFolder> folders = new ArrayList<>();

  ServedModels(ModelServer server, CommandLine line) {
    this.server = server;
    this.line = line;
  }

  /**
   * Deploys a file, or the models in a folder.
   *
   * @throws NotFoundException if the folder contains no readable model
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

  /** Checks the folders: deploys new and changed files, and removes the models of deleted files. */
  void look() {
    folders.forEach(ServedFolder::look);
  }

  List<String> names() {
    return List.copyOf(served.keySet());
  }

  /**
   * Deploys a file's model, replacing an earlier version.
   *
   * @return the version of the deployed model
   * @throws InvalidArgumentException if the name is invalid, or used by a model from another path
   */
  int deploy(ModelSource source) {
    Path other = served.getOrDefault(source.name(), source.path());
    if (!other.equals(source.path())) {
      throw new InvalidArgumentException(
          "serve: "
              + source.path()
              + ": the name "
              + source.name()
              + " is already used by "
              + other);
    }
    Model model = Model.of(source.model().data());
    try {
      int version = server.deploy(source.name(), model);
      served.put(source.name(), source.path());
      return version;
    } catch (RuntimeException | Error e) { // if deploy throws, the caller still owns the model
      model.close();
      throw e;
    }
  }

  /** Removes a model; returns whether it was served. */
  boolean remove(ModelSource source) {
    return served.remove(source.name(), source.path()) && server.remove(source.name());
  }
}
