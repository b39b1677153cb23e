package dev.quern.io.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.detect.BlazeFace;
import dev.quern.detect.Box;
import dev.quern.detect.BoxDecoder;
import dev.quern.detect.BoxDecoder.Scores;
import dev.quern.detect.DecodedBoxes;
import dev.quern.detect.DetectionTask;
import dev.quern.detect.Nms;
import dev.quern.detect.PointBoxes;
import dev.quern.detect.Scrfd;
import dev.quern.detect.SsdBoxes;
import dev.quern.detect.YoloHeads;
import dev.quern.detect.YoloPose;
import dev.quern.detect.YoloRows;
import dev.quern.detect.YoloSeg;
import dev.quern.detect.YuNet;
import dev.quern.error.InvalidArgumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The conversion of a {@link DetectionTask} to and from JSON: the decoder's type and options and,
 * if they are not the default, {@code classes} and {@code nms}.
 */
public final class DetectionJson {
  private record Codec<D extends BoxDecoder>(
      String type,
      Class<D> decoder,
      Function<JsonFields, D> reader,
      BiConsumer<D, ObjectNode> writer) {
    void write(BoxDecoder any, ObjectNode out) {
      out.put("type", type);
      writer.accept(decoder.cast(any), out);
    }
  }

  private static final List<Codec<?>> ALL =
      List.of(
          new Codec<>(
              "decoded_boxes",
              DecodedBoxes.class,
              in ->
                  new DecodedBoxes(
                      in.text("scores"),
                      in.text("boxes"),
                      in.one(
                          DecodedBoxes.Form.class, "form", DecodedBoxes.Form.LEFT_TOP_RIGHT_BOTTOM),
                      in.flag("fractions", true),
                      function(in, Scores.AS_THEY_ARE),
                      in.integer("background", BoxDecoder.NO_BACKGROUND)),
              (d, out) -> {
                out.put("scores", d.scores()).put("boxes", d.boxes());
                out.put("form", JsonFields.text(d.form())).put("fractions", d.fractions());
                out.put("function", JsonFields.text(d.function()))
                    .put("background", d.background());
              }),
          new Codec<>(
              "ssd_boxes",
              SsdBoxes.class,
              in ->
                  new SsdBoxes(
                      in.text("scores"),
                      in.text("offsets"),
                      priors(in),
                      in.real("center_variance", 0.1),
                      in.real("size_variance", 0.2),
                      function(in, Scores.SOFTMAX),
                      in.integer("background", 0)),
              (d, out) -> {
                out.put("scores", d.scores()).put("offsets", d.offsets());
                ArrayNode priors = out.putArray("priors");
                d.priors()
                    .forEach(b -> priors.add(b.left()).add(b.top()).add(b.right()).add(b.bottom()));
                out.put("center_variance", d.centerVariance());
                out.put("size_variance", d.sizeVariance());
                out.put("function", JsonFields.text(d.function()))
                    .put("background", d.background());
              }),
          new Codec<>(
              "yolo_heads",
              YoloHeads.class,
              in ->
                  new YoloHeads(
                      inner(in, "heads", DetectionJson::head),
                      in.one(YoloHeads.Version.class, "version", YoloHeads.Version.V5),
                      in.flag("values_last", false)),
              (d, out) -> {
                ArrayNode heads = out.putArray("heads");
                for (YoloHeads.Head head : d.heads()) {
                  ArrayNode anchors =
                      heads
                          .addObject()
                          .put("output", head.output())
                          .put("stride", head.stride())
                          .putArray("anchors");
                  head.anchors().forEach(a -> anchors.add(a.width()).add(a.height()));
                }
                out.put("version", JsonFields.text(d.version())).put("values_last", d.valuesLast());
              }),
          new Codec<>(
              "yolo_rows",
              YoloRows.class,
              in ->
                  new YoloRows(
                      in.text("output"), in.flag("objectness", false), in.flag("rows_last", false)),
              (d, out) ->
                  out.put("output", d.output())
                      .put("objectness", d.objectness())
                      .put("rows_last", d.rowsLast())),
          new Codec<>(
              "yolo_pose",
              YoloPose.class,
              in ->
                  new YoloPose(
                      in.text("output"), in.integer("key_points"), in.flag("visibility", true)),
              (d, out) ->
                  out.put("output", d.output())
                      .put("key_points", d.keyPoints())
                      .put("visibility", d.visibility())),
          new Codec<>(
              "yolo_seg",
              YoloSeg.class,
              in -> new YoloSeg(in.text("output"), in.text("prototypes")),
              (d, out) -> out.put("output", d.output()).put("prototypes", d.prototypes())),
          new Codec<>(
              "point_boxes",
              PointBoxes.class,
              in ->
                  new PointBoxes(
                      inner(in, "levels", DetectionJson::level),
                      in.flag("centerness", false),
                      in.flag("exp", false),
                      function(in, Scores.SIGMOID)),
              (d, out) -> {
                ArrayNode levels = out.putArray("levels");
                for (PointBoxes.Level level : d.levels()) {
                  ArrayNode outputs =
                      levels.addObject().put("stride", level.stride()).putArray("outputs");
                  level.outputs().forEach(outputs::add);
                }
                out.put("centerness", d.centerness()).put("exp", d.exp());
                out.put("function", JsonFields.text(d.function()));
              }),
          new Codec<>(
              "blazeface",
              BlazeFace.class,
              in ->
                  new BlazeFace(
                      in.texts("scores"),
                      in.texts("boxes"),
                      in.size("input"),
                      in.integers("strides"),
                      in.integer("anchors")),
              (d, out) -> {
                ArrayNode scores = out.putArray("scores");
                d.scores().forEach(scores::add);
                ArrayNode boxes = out.putArray("boxes");
                d.boxes().forEach(boxes::add);
                out.putArray("input").add(d.input().height()).add(d.input().width());
                ArrayNode strides = out.putArray("strides");
                d.strides().forEach(strides::add);
                out.put("anchors", d.anchors());
              }),
          new Codec<>(
              "yunet",
              YuNet.class,
              in -> new YuNet(inner(in, "levels", DetectionJson::yuNetLevel)),
              (d, out) -> {
                ArrayNode levels = out.putArray("levels");
                for (YuNet.Level level : d.levels()) {
                  levels
                      .addObject()
                      .put("stride", level.stride())
                      .put("scores", level.scores())
                      .put("objectness", level.objectness())
                      .put("boxes", level.boxes())
                      .put("key_points", level.keyPoints());
                }
              }),
          new Codec<>(
              "scrfd",
              Scrfd.class,
              in ->
                  new Scrfd(
                      inner(in, "levels", DetectionJson::scrfdLevel), in.integer("anchors", 2)),
              (d, out) -> {
                ArrayNode levels = out.putArray("levels");
                for (Scrfd.Level level : d.levels()) {
                  levels
                      .addObject()
                      .put("stride", level.stride())
                      .put("scores", level.scores())
                      .put("distances", level.distances())
                      .put("key_points", level.keyPoints());
                }
                out.put("anchors", d.anchors());
              }));

  private DetectionJson() {}

  private static Scores function(JsonFields in, Scores otherwise) {
    return in.one(Scores.class, "function", otherwise);
  }

  private static List<Box> priors(JsonFields in) {
    double[] sides = in.reals("priors");
    if (sides.length % 4 != 0) {
      throw in.wrong("priors", sides.length + " numbers, expected four per box");
    }
    List<Box> all = new ArrayList<>();
    for (int i = 0; i < sides.length; i += 4) {
      all.add(new Box(sides[i], sides[i + 1], sides[i + 2], sides[i + 3]));
    }
    return all;
  }

  private static <T> List<T> inner(JsonFields in, String key, Function<JsonFields, T> read) {
    List<T> all = new ArrayList<>();
    for (JsonNode node : in.nodes(key)) {
      JsonFields one = new JsonFields("detection: " + key + " " + (all.size() + 1), node);
      all.add(read.apply(one));
      one.end();
    }
    return all;
  }

  private static YoloHeads.Head head(JsonFields in) {
    double[] sides = in.reals("anchors");
    if (sides.length % 2 != 0) {
      throw in.wrong("anchors", sides.length + " numbers, expected two per anchor");
    }
    List<YoloHeads.Anchor> anchors = new ArrayList<>();
    for (int i = 0; i < sides.length; i += 2) {
      anchors.add(new YoloHeads.Anchor(sides[i], sides[i + 1]));
    }
    return new YoloHeads.Head(in.text("output"), in.integer("stride"), anchors);
  }

  private static PointBoxes.Level level(JsonFields in) {
    return new PointBoxes.Level(in.integer("stride"), in.texts("outputs"));
  }

  private static YuNet.Level yuNetLevel(JsonFields in) {
    return new YuNet.Level(
        in.integer("stride"),
        in.text("scores"),
        in.text("objectness"),
        in.text("boxes"),
        in.text("key_points"));
  }

  private static Scrfd.Level scrfdLevel(JsonFields in) {
    return new Scrfd.Level(
        in.integer("stride"), in.text("scores"), in.text("distances"), in.text("key_points"));
  }

  /**
   * Reads a detection task.
   *
   * @param where the task's position, for messages
   */
  public static DetectionTask read(String where, JsonNode json) {
    JsonFields in = new JsonFields(where, json);
    try {
      DetectionTask task = new DetectionTask(decoder(in), in.texts("classes", List.of()), nms(in));
      in.end();
      return task;
    } catch (InvalidArgumentException e) {
      throw in.wrong(e.getMessage());
    }
  }

  private static BoxDecoder decoder(JsonFields in) {
    String type = in.text("type");
    for (Codec<?> codec : ALL) {
      if (codec.type().equals(type)) {
        return codec.reader().apply(in);
      }
    }
    throw in.wrong(
        "type", "not one of " + String.join(", ", ALL.stream().<String>map(Codec::type).toList()));
  }

  private static Nms nms(JsonFields in) {
    Nms usual = new Nms();
    if (!in.has("nms")) {
      return in.skip("nms", usual);
    }
    JsonFields own = in.object("nms");
    return new Nms(
        own.real("score", usual.score()),
        own.real("iou", usual.iou()),
        own.integer("candidates", usual.candidates()),
        own.integer("most", usual.most()));
  }

  /** Returns the JSON from which {@link #read} creates an equal task. */
  public static ObjectNode write(DetectionTask task) {
    ObjectNode out = Json.NODES.objectNode();
    for (Codec<?> codec : ALL) {
      if (codec.decoder().isInstance(task.decoder())) {
        codec.write(task.decoder(), out);
      }
    }
    if (!task.classes().isEmpty()) {
      ArrayNode classes = out.putArray("classes");
      task.classes().forEach(classes::add);
    }
    Nms nms = task.nms();
    if (!nms.equals(new Nms())) {
      out.putObject("nms")
          .put("score", nms.score())
          .put("iou", nms.iou())
          .put("candidates", nms.candidates())
          .put("most", nms.most());
    }
    return out;
  }
}
