package dev.quern.onnx.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.data.Preprocessing;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.json.DetectionJson;
import dev.quern.io.json.Json;
import dev.quern.io.json.JsonFields;
import dev.quern.io.json.PreprocessingJson;
import dev.quern.io.json.TaskJson;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.predict.ModelData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The conversion between a model's data and the metadata of an ONNX file. */
public final class Metadata {
  static final String PRODUCER = "quern";

  private static final String TASKS = "tasks";
  private static final String CLASSES = "classes";
  private static final String DETECTION = "detection";
  private static final String PREPROCESSING = "preprocessing";
  private static final String PROVENANCE = "provenance.";

  private Metadata() {}

  /**
   * Returns the metadata for a model's file.
   *
   * @param names for each of the model's outputs, the name in the file
   * @param left for each input, the preprocessing that the file's nodes do not perform
   */
  static Map<String, String> of(
      ModelData model, Map<String, String> names, Map<String, Preprocessing> left) {
    Map<String, String> all = new LinkedHashMap<>();
    Network network = model.network();
    ObjectNode tasks = Json.NODES.objectNode();
    network
        .tasks()
        .forEach(
            (output, t) -> {
              Task plain = new Task(t.kind(), t.classes(), null, t.weight());
              tasks.set(names.get(output), TaskJson.write(plain));
            });
    all.put(TASKS, tasks.toString());
    if (!model.classes().isEmpty()) {
      ArrayNode classes = Json.NODES.arrayNode();
      model.classes().forEach(classes::add);
      all.put(CLASSES, classes.toString());
    }
    // which names outputs
    if (network.detection() != null && names.keySet().containsAll(names.values())) {
      all.put(DETECTION, DetectionJson.write(network.detection()).toString());
    }
    ObjectNode preprocessing = Json.NODES.objectNode();
    left.forEach((input, p) -> preprocessing.set(input, PreprocessingJson.write(p)));
    all.put(PREPROCESSING, preprocessing.toString());
    // sorted, since the order of the model's own map may vary from run to run
    new TreeMap<>(model.provenance()).forEach((k, v) -> all.put(PROVENANCE + k, v));
    return all;
  }

  /** Returns whether Quern wrote the file with this metadata. */
  public static boolean isOwn(Map<String, String> metadata) {
    return metadata.getOrDefault("producer", "").startsWith(PRODUCER + " ");
  }

  /**
   * Restores classes, tasks and preprocessing of an imported model from metadata that Quern wrote.
   * The importer has stored the metadata in the model's provenance.
   *
   * @throws FormatException if the metadata does not match the model
   */
  public static ModelData restored(ModelData read) {
    Map<String, String> all = read.provenance();
    if (!isOwn(all)) {
      return read;
    }
    try {
      Network network = read.network();
      for (Map.Entry<String, JsonNode> e : named(all, TASKS).entrySet()) {
        if (network.outputs().contains(e.getKey())) {
          network = network.withTask(e.getKey(), TaskJson.read(TASKS, e.getValue()));
        }
      }
      if (all.containsKey(DETECTION)) {
        network =
            network.withDetection(
                DetectionJson.read(DETECTION, Json.parse(DETECTION, all.get(DETECTION))));
      }
      Map<String, Preprocessing> preprocessing = new LinkedHashMap<>();
      named(all, PREPROCESSING)
          .forEach((input, p) -> preprocessing.put(input, PreprocessingJson.read(input, p)));
      preprocessing.keySet().retainAll(network.inputs().keySet());
      return new ModelData(network, read.weights(), preprocessing, provenance(all));
    } catch (FormatException | InvalidArgumentException e) {
      throw new FormatException("onnx: its metadata: " + e.getMessage(), e);
    }
  }

  private static Map<String, JsonNode> named(Map<String, String> all, String key) {
    String text = all.getOrDefault(key, "{}");
    ObjectNode of = Json.NODES.objectNode();
    return new JsonFields("metadata", of.set(key, Json.parse(key, text))).named(key);
  }

  private static Map<String, String> provenance(Map<String, String> all) {
    Map<String, String> own = new TreeMap<>(all);
    own.keySet().removeIf(k -> k.startsWith(PROVENANCE));
    own.keySet().removeAll(List.of(TASKS, CLASSES, DETECTION, PREPROCESSING));
    all.forEach(
        (k, v) -> {
          if (k.startsWith(PROVENANCE)) {
            own.put(k.substring(PROVENANCE.length()), v);
          }
        });
    return own;
  }
}
