package dev.quern.io.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.detect.BoxIou;
import dev.quern.detect.PointLoss;
import dev.quern.error.InvalidArgumentException;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Dice;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.Mse;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The conversion of losses to and from JSON. A loss is written as its type, or as an object with
 * the type and the options that differ from their defaults, under PyTorch's names.
 */
public final class LossJson {
  /** The registry of custom losses. */
  public static final CustomCodecs<CustomLoss> CUSTOM = new CustomCodecs<>("loss");

  private record Codec<L extends Loss>(
      String type,
      Class<L> loss,
      Function<JsonFields, L> reader,
      BiConsumer<L, ObjectNode> writer) {
    void write(Loss any, ObjectNode out) {
      writer.accept(loss.cast(any), out);
    }
  }

  private static final List<Codec<?>> ALL =
      List.of(
          new Codec<>(
              "cross_entropy",
              CrossEntropy.class,
              in ->
                  new CrossEntropy(
                      in.number("label_smoothing", 0),
                      weights(in, "class_weights"),
                      reduction(in),
                      ignored(in)),
              (loss, out) -> {
                put(out, "label_smoothing", loss.labelSmoothing(), 0);
                put(out, "class_weights", loss.classWeights());
                put(out, loss.reduction());
                ignored(out, loss.ignoreIndex());
              }),
          new Codec<>(
              "bce_with_logits",
              BceWithLogits.class,
              in ->
                  new BceWithLogits(
                      weights(in, "class_weights"), weights(in, "pos_weights"), reduction(in)),
              (loss, out) -> {
                put(out, "class_weights", loss.classWeights());
                put(out, "pos_weights", loss.posWeights());
                put(out, loss.reduction());
              }),
          new Codec<>(
              "mse", Mse.class, in -> new Mse(reduction(in)), (l, out) -> put(out, l.reduction())),
          new Codec<>(
              "huber",
              Huber.class,
              in -> new Huber(in.real("delta", 1), reduction(in)),
              (loss, out) -> {
                put(out, "delta", loss.delta(), 1);
                put(out, loss.reduction());
              }),
          new Codec<>(
              "dice",
              Dice.class,
              in -> new Dice(in.real("smooth", 1), reduction(in), ignored(in)),
              (loss, out) -> {
                put(out, "smooth", loss.smooth(), 1);
                put(out, loss.reduction());
                ignored(out, loss.ignoreIndex());
              }),
          new Codec<>(
              "sigmoid_focal",
              SigmoidFocal.class,
              in -> new SigmoidFocal(in.real("alpha", 0.25), in.real("gamma", 2), reduction(in)),
              (loss, out) -> {
                put(out, "alpha", loss.alpha(), 0.25);
                put(out, "gamma", loss.gamma(), 2);
                put(out, loss.reduction());
              }),
          new Codec<>(
              "softmax_focal",
              SoftmaxFocal.class,
              in ->
                  new SoftmaxFocal(
                      in.real("gamma", 2),
                      weights(in, "class_weights"),
                      reduction(in),
                      ignored(in)),
              (loss, out) -> {
                put(out, "gamma", loss.gamma(), 2);
                put(out, "class_weights", loss.classWeights());
                put(out, loss.reduction());
                ignored(out, loss.ignoreIndex());
              }),
          new Codec<>(
              "box_iou",
              BoxIou.class,
              in -> new BoxIou(in.flag("generalized", true), reduction(in)),
              (loss, out) -> {
                if (!loss.generalized()) {
                  out.put("generalized", false);
                }
                put(out, loss.reduction());
              }),
          new Codec<>(
              "point_loss",
              PointLoss.class,
              in ->
                  new PointLoss(
                      in.real("alpha", 0.25), in.real("gamma", 2), in.real("box_weight", 1)),
              (loss, out) -> {
                put(out, "alpha", loss.alpha(), 0.25);
                put(out, "gamma", loss.gamma(), 2);
                put(out, "box_weight", loss.boxWeight(), 1);
              }));

  private LossJson() {}

  /** Returns the names of the built-in losses. */
  public static List<String> types() {
    return ALL.stream().<String>map(Codec::type).toList();
  }

  /**
   * Reads a loss.
   *
   * @param where the loss's position, for messages
   * @throws dev.quern.error.FormatException if the JSON does not describe a loss
   */
  public static Loss read(String where, JsonNode json) {
    JsonNode object = json.isTextual() ? Json.NODES.objectNode().set("type", json) : json;
    JsonFields in = new JsonFields(where, object);
    Loss loss = read(in);
    in.end();
    return loss;
  }

  private static Loss read(JsonFields in) {
    String type = in.text("type");
    for (Codec<?> codec : ALL) {
      if (codec.type().equals(type)) {
        try {
          return codec.reader().apply(in);
        } catch (InvalidArgumentException e) {
          throw in.wrong(e.getMessage());
        }
      }
    }
    CustomLoss own = CUSTOM.read(type, in);
    if (own == null) {
      throw in.wrong("type", CustomCodecs.unknown(type, types(), "Codecs.loss"));
    }
    return own;
  }

  /**
   * Returns the JSON from which {@link #read} creates an equal loss.
   *
   * @param where the loss's position, for messages
   * @throws InvalidArgumentException if a custom loss is not registered
   */
  public static JsonNode write(String where, Loss loss) {
    ObjectNode out = Json.NODES.objectNode();
    for (Codec<?> codec : ALL) {
      if (codec.loss().isInstance(loss)) {
        out.put("type", codec.type());
        codec.write(loss, out);
        return out.size() == 1 ? out.get("type") : out;
      }
    }
    if (!CUSTOM.write(where, loss, out)) {
      throw new InvalidArgumentException(
          where
              + ": "
              + loss.getClass().getName()
              + " has no JSON form: register a codec for it with Codecs.loss");
    }
    return out;
  }

  private static float @Nullable [] weights(JsonFields in, String key) {
    return in.has(key) ? in.floats(key) : in.skip(key, null);
  }

  private static int ignored(JsonFields in) {
    return in.integer("ignore_index", CrossEntropy.IGNORE_INDEX);
  }

  private static void ignored(ObjectNode out, int index) {
    if (index != CrossEntropy.IGNORE_INDEX) {
      out.put("ignore_index", index);
    }
  }

  private static void put(ObjectNode out, String key, float value, float otherwise) {
    if (value != otherwise) {
      out.put(key, value);
    }
  }

  private static void put(ObjectNode out, String key, double value, double otherwise) {
    if (value != otherwise) {
      out.put(key, value);
    }
  }

  private static void put(ObjectNode out, String key, float @Nullable [] weightsOrNull) {
    if (weightsOrNull != null) {
      ArrayNode all = out.putArray(key);
      for (float w : weightsOrNull) {
        all.add(w);
      }
    }
  }

  private static Reduction reduction(JsonFields in) {
    return in.one(Reduction.class, "reduction", Reduction.MEAN);
  }

  private static void put(ObjectNode out, Reduction reduction) {
    if (reduction != Reduction.MEAN) {
      out.put("reduction", JsonFields.text(reduction));
    }
  }
}
