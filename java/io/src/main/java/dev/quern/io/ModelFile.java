package dev.quern.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.data.Preprocessing;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.io.json.Json;
import dev.quern.io.json.JsonFields;
import dev.quern.io.json.PreprocessingJson;
import dev.quern.layer.Quantized;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reading and writing of saved models as safetensors files. Weights have dotted names, such as
 * {@code conv1.weight}, and type F32, BF16 or F16; weights of quantized layers have type I8 or I16
 * and are multiplied by {@code weight_scale}. All other data is in the metadata:
 *
 * <ul>
 *   <li>{@code format}: {@code quern-model}, and {@code format_version}: {@code 2}
 *   <li>{@code network}: the description with its tasks, in the format of {@link NetworkJson}
 *   <li>{@code preprocessing}: for each input <code>{"mean": [...], "std": [...]}</code>, with a
 *       number per channel, and, unless they are the default, {@code "size": [height, width]},
 *       {@code "fit": "stretch" | "fit" | "center_crop"}, {@code "crop": 0.875}, {@code "channels":
 *       "grey" | "rgb" | "bgr" | "any"}
 *   <li>{@code dtype}: {@code BF16} or {@code F16} if the weights of convolutions and linear layers
 *       have this type, {@link ModelData#dtype}
 *   <li>{@code provenance.KEY}: each entry of {@link ModelData#provenance()}
 * </ul>
 *
 * Other metadata is ignored. Files of version 1, which have {@code normalization} and {@code
 * classes} instead of preprocessing and tasks, can also be read.
 */
public final class ModelFile {
  private static final String WEIGHT = ".weight";
  private static final String OPERATION = "model file";
  private static final String FORMAT = "quern-model";
  private static final String VERSION = "2";
  private static final String OLD_VERSION = "1";
  private static final String DTYPE = "dtype";
  private static final String PROVENANCE = "provenance.";

  private ModelFile() {}

  /**
   * Saves a model atomically, replacing an existing file. Equal models produce identical files.
   *
   * @throws InvalidArgumentException if the file's name ends in {@code .onnx}, or the network has a
   *     {@link dev.quern.layer.CustomLayer} that is not registered with {@link Codecs}; an existing
   *     file is unchanged
   * @throws FormatException if a custom layer's codec fails; an existing file is unchanged
   * @throws dev.quern.error.NotFoundException if the folder is missing
   * @throws dev.quern.error.FileAccessException if the folder cannot be written to
   */
  public static void save(Path file, ModelData model) {
    Require.present(OPERATION, "file", file);
    Require.present(OPERATION, "model", model);
    if (file.toString().endsWith(".onnx")) {
      throw new InvalidArgumentException(
          OPERATION + ": " + file + " must not end in .onnx; ModelData.save writes ONNX");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    metadata.put("format_version", VERSION);
    metadata.put("network", NetworkJson.write(model.network()));
    metadata.put("preprocessing", write(model.preprocessing()));
    if (model.dtype() != DType.F32) {
      metadata.put(DTYPE, model.dtype().name());
    }
    // sorted, since the order of the model's own map may vary from run to run
    new TreeMap<>(Require.all(OPERATION, "provenance", model.provenance()))
        .forEach((k, v) -> metadata.put(PROVENANCE + k, v));
    LinkedHashMap<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
    Map<String, Quantized> quantized = quantized(model.network());
    model
        .network()
        .state()
        .forEach(
            (name, shape) -> {
              float[] values = model.weights().get(name);
              Quantized layer = quantized.get(name);
              tensors.put(
                  name,
                  layer == null
                      ? Safetensors.Entry.floats(model.dtype(name), shape, values)
                      : whole(name, shape, values, model.weights().get(scale(name)), layer));
            });
    Safetensors.write(file, metadata, tensors);
  }

  /**
   * Loads a model.
   *
   * @throws dev.quern.error.NotFoundException if the file does not exist
   * @throws FormatException if the file is not a model file, is truncated, or its weights do not
   *     match its network
   * @throws ShapeException if network, normalization and classes do not match
   * @throws NumericException if a weight is NaN or infinite
   * @throws dev.quern.error.MemoryLimitException if the weights do not fit in the free part of the
   *     JVM's heap
   */
  public static ModelData load(Path file) {
    Require.present(OPERATION, "file", file);
    return Heap.within(OPERATION + ": " + file, () -> read(file));
  }

  private static ModelData read(Path file) {
    Safetensors content = Safetensors.read(file);
    try {
      return model(content);
    } catch (FormatException e) {
      throw new FormatException(in(file, e), e);
    } catch (NumericException e) {
      throw new NumericException(in(file, e));
    } catch (ShapeException e) {
      throw new ShapeException(in(file, e));
    } catch (InvalidArgumentException e) {
      throw new FormatException(in(file, e), e);
    }
  }

  private static String in(Path file, RuntimeException e) {
    return OPERATION + ": " + file + ": " + e.getMessage();
  }

  private static ModelData model(Safetensors content) {
    Map<String, String> metadata = content.metadata();
    if (!FORMAT.equals(metadata.get("format"))) {
      throw new FormatException("not a model: its metadata has no format \"" + FORMAT + "\"");
    }
    String version = metadata.get("format_version");
    if (!VERSION.equals(version) && !OLD_VERSION.equals(version)) {
      throw new FormatException(
          "it has format_version " + version + ", expected " + OLD_VERSION + " or " + VERSION);
    }
    Network network = NetworkJson.read(text(metadata, "network"));
    Map<String, float[]> weights = weights(content, network);
    return VERSION.equals(version)
        ? new ModelData(
            network,
            weights,
            preprocessing(network, metadata),
            provenance(metadata),
            dtype(metadata))
        : new ModelData(
            network,
            weights,
            PreprocessingJson.read("normalization", json(metadata, "normalization"))
                .normalization(),
            classes(json(metadata, "classes")),
            provenance(metadata));
  }

  private static DType dtype(Map<String, String> metadata) {
    String name = metadata.getOrDefault(DTYPE, DType.F32.name());
    for (DType t : DType.values()) {
      if (t.name().equals(name)) {
        return t;
      }
    }
    throw new FormatException(
        "key \"dtype\": \"" + name + "\" is not one of " + List.of(DType.values()));
  }

  private static Map<String, Preprocessing> preprocessing(
      Network network, Map<String, String> metadata) {
    JsonFields in =
        new JsonFields(
            "metadata",
            Json.NODES.objectNode().set("preprocessing", json(metadata, "preprocessing")));
    Map<String, Preprocessing> all = new LinkedHashMap<>();
    in.named("preprocessing")
        .forEach(
            (name, json) ->
                all.put(name, PreprocessingJson.read("preprocessing of " + name, json)));
    if (!all.keySet().equals(network.inputs().keySet())) {
      throw new FormatException(
          "preprocessing of "
              + all.keySet()
              + " does not match the network's inputs "
              + network.inputs().keySet());
    }
    return all;
  }

  private static String text(Map<String, String> metadata, String key) {
    String value = metadata.get(key);
    if (value == null) {
      throw new FormatException("its metadata has no key " + key);
    }
    return value;
  }

  private static JsonNode json(Map<String, String> metadata, String key) {
    return Json.parse(key, text(metadata, key));
  }

  private static List<String> classes(JsonNode list) {
    return new JsonFields("metadata", Json.NODES.objectNode().set("classes", list))
        .texts("classes");
  }

  private static Map<String, float[]> weights(Safetensors content, Network network) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    Map<String, Shape> wanted = network.state();
    Map<String, Quantized> quantized = quantized(network);
    for (String name : content.names()) {
      Shape shape = wanted.get(name);
      if (shape == null) {
        throw new FormatException(
            "tensor " + name + " is not a weight of network " + network.name());
      }
      Shape found = content.shape(name);
      if (!found.equals(shape)) {
        throw new FormatException("weight " + name + " has shape " + found + ", not " + shape);
      }
      if (!quantized.containsKey(name)) {
        weights.put(name, content.floats(name));
      }
    }
    // written after the other tensors: a scale follows the weight that it belongs to
    quantized.forEach(
        (name, layer) -> {
          float[] scales = weights.get(scale(name));
          if (content.has(name) && scales != null) {
            short[] whole =
                isWide(layer) ? content.shorts(name) : Quantized.shorts(content.signedBytes(name));
            weights.put(name, Quantized.floats(whole, scales));
          }
        });
    return weights;
  }

  /** Returns the quantized layers, by the name of their integer weight. */
  private static Map<String, Quantized> quantized(Network network) {
    Map<String, Quantized> layers = new LinkedHashMap<>();
    for (Network.Node n : network.nodes()) {
      if (n.layer() instanceof Quantized q) {
        layers.put(n.name() + WEIGHT, q);
      }
    }
    return layers;
  }

  private static String scale(String weight) {
    return weight.substring(0, weight.length() - WEIGHT.length()) + "." + Quantized.SCALE;
  }

  private static boolean isWide(Quantized layer) {
    return layer.quantMax() > Quantized.LARGEST;
  }

  private static Safetensors.Entry whole(
      String name, Shape shape, float[] values, float[] scales, Quantized layer) {
    short[] whole = Quantized.toIntegers(name, values, scales, layer.quantMax());
    return isWide(layer)
        ? Safetensors.Entry.shorts(shape, whole)
        : Safetensors.Entry.signedBytes(shape, Quantized.bytes(whole));
  }

  private static Map<String, String> provenance(Map<String, String> metadata) {
    Map<String, String> provenance = new TreeMap<>();
    metadata.forEach(
        (key, value) -> {
          if (key.startsWith(PROVENANCE)) {
            provenance.put(key.substring(PROVENANCE.length()), value);
          }
        });
    return provenance;
  }

  private static String write(Map<String, Preprocessing> all) {
    ObjectNode out = Json.NODES.objectNode();
    all.forEach((name, p) -> out.set(name, PreprocessingJson.write(p)));
    return out.toString();
  }
}
