package dev.quern;

import dev.quern.augment.AlternatingFlip;
import dev.quern.augment.Augmentation;
import dev.quern.augment.ColorJitter;
import dev.quern.augment.CustomAugmentation;
import dev.quern.augment.CutMix;
import dev.quern.augment.Mix;
import dev.quern.augment.MixUp;
import dev.quern.augment.PaddingMode;
import dev.quern.augment.RandAugment;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomErasing;
import dev.quern.data.BoxMove;
import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Placement;
import dev.quern.data.Preprocessing;
import dev.quern.data.RandomNumbers;
import dev.quern.data.Sampler;
import dev.quern.dense.AlphaMask;
import dev.quern.dense.BackgroundRemoval;
import dev.quern.dense.DepthEstimation;
import dev.quern.dense.DepthMap;
import dev.quern.dense.TiledPrediction;
import dev.quern.dense.Tiles;
import dev.quern.detect.BlazeFace;
import dev.quern.detect.Box;
import dev.quern.detect.BoxDecoder;
import dev.quern.detect.BoxSample;
import dev.quern.detect.BoxSet;
import dev.quern.detect.CocoRle;
import dev.quern.detect.DecodedBoxes;
import dev.quern.detect.Detection;
import dev.quern.detect.DetectionTask;
import dev.quern.detect.FaceAlignment;
import dev.quern.detect.GroundTruthBox;
import dev.quern.detect.KeyPoint;
import dev.quern.detect.Mask;
import dev.quern.detect.MeanAveragePrecision;
import dev.quern.detect.Nms;
import dev.quern.detect.PointBoxes;
import dev.quern.detect.Scrfd;
import dev.quern.detect.SimilarityTransform;
import dev.quern.detect.YoloHeads;
import dev.quern.detect.YoloPose;
import dev.quern.detect.YoloRows;
import dev.quern.detect.YoloSeg;
import dev.quern.detect.YuNet;
import dev.quern.engine.Engine;
import dev.quern.error.DataException;
import dev.quern.explain.Explainer;
import dev.quern.explain.HeatMap;
import dev.quern.init.CustomInit;
import dev.quern.init.Init;
import dev.quern.layer.Buffer;
import dev.quern.layer.Conv2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Parameter;
import dev.quern.layer.activation.Relu;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Loss;
import dev.quern.loss.Mse;
import dev.quern.metric.ConfusionMatrix;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Goal;
import dev.quern.metric.Outputs;
import dev.quern.metric.Report;
import dev.quern.metric.Scorer;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.optim.Adam;
import dev.quern.optim.CustomOptimizer;
import dev.quern.optim.Muon;
import dev.quern.optim.Optimizer;
import dev.quern.optim.ParameterGroup;
import dev.quern.optim.RmsProp;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.pose.HeatMapPose;
import dev.quern.pose.PoseCrop;
import dev.quern.pose.PoseDecoder;
import dev.quern.pose.PoseEstimator;
import dev.quern.pose.SimCcPose;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.profile.LayerTimes;
import dev.quern.profile.Pass;
import dev.quern.quantize.CalibrationMethod;
import dev.quern.quantize.Quantization;
import dev.quern.quantize.QuantizationReport;
import dev.quern.quantize.QuantizedModel;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import dev.quern.train.AugmentedBoxes;
import dev.quern.train.Contribution;
import dev.quern.train.EarlyStopping;
import dev.quern.train.GradientExchange;
import dev.quern.train.History;
import dev.quern.train.LearningRateCurve;
import dev.quern.train.LearningRateFinder;
import dev.quern.train.LocalSgd;
import dev.quern.train.ReduceOnPlateau;
import dev.quern.train.Round;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingListener;
import dev.quern.train.TrainingState;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values for every type in the public API: a usual one first, then what a caller gets wrong. */
final class ApiValues implements AutoCloseable {
  static final Shape IMAGE = Shape.of(1, 12, 12);

  private final Map<Class<?>, List<Object>> byType = new HashMap<>();
  private final Arena arena = new Arena();
  private final List<AutoCloseable> open = new ArrayList<>(List.of(arena));

  ApiValues() {
    put(short.class, (short) 0x3c00, (short) 0, (short) -1, Short.MIN_VALUE);
    put(int.class, 2, 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 20);
    put(long.class, 2L, 0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53);
    put(float.class, 0.5f, 0f, -1f, Float.NaN, Float.POSITIVE_INFINITY, Float.MAX_VALUE);
    put(double.class, 0.5, 0.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY, Double.MAX_VALUE);
    put(boolean.class, true, false);
    put(String.class, "fc", null, "", "\0", "*", "a".repeat(3000));
    put(Object.class, "x", null);
    put(int[].class, new int[] {0, 1}, null, new int[0], new int[] {-1, Integer.MAX_VALUE});
    put(long[].class, new long[] {2, 3}, null, new long[0], new long[] {-1}, huge());
    put(float[].class, new float[144], null, new float[0], new float[] {Float.NaN, -1});
    put(float[][].class, new float[2][4], null, new float[0][], new float[2][], new float[1][0]);
    put(double[].class, new double[288], null, new double[0]);
    put(byte[].class, new byte[288], null, new byte[0], new byte[144]);
    put(short[].class, new short[288], null, new short[0], new short[144]);
    put(ByteBuffer.class, ByteBuffer.allocate(999), null, ByteBuffer.allocate(3), readOnly());
    put(FloatBuffer.class, FloatBuffer.allocate(8), null, FloatBuffer.allocate(0));
    put(Shape.class, IMAGE, null, Shape.of(), Shape.of(4), Shape.of(0), Shape.of(0, 3, 3));
    put(Shape.class, Shape.of(2, 1, 12, 12), Shape.of(1L << 53), Shape.of(1, 1L << 31, 1L << 21));
    put(Size.class, Size.of(1), null, Size.of(0), Size.of(-1), Size.of(Integer.MAX_VALUE));
    tensors();
    descriptions();
    holders();
  }

  private static long[] huge() {
    return new long[] {1L << 40, 1L << 40};
  }

  private static ByteBuffer readOnly() {
    return ByteBuffer.allocate(999).asReadOnlyBuffer();
  }

  private void put(Class<?> type, Object... values) {
    byType.computeIfAbsent(type, t -> new ArrayList<>()).addAll(Arrays.asList(values));
  }

  private void tensors() {
    Arena closed = new Arena();
    Tensor dead = closed.tensor(Shape.of(2, 4));
    closed.close();
    put(Tensor.class, arena.tensor(Shape.of(2, 1, 12, 12)), null, arena.tensor(Shape.of(2, 4)));
    put(Tensor.class, arena.tensor(Shape.of()), arena.tensor(Shape.of(0, 1, 12, 12)), dead);
    put(Tensor.class, arena.tensor(Shape.of(1)), arena.tensor(Shape.of(4)));
    put(Arena.class, arena, null, closed);
  }

  private void descriptions() {
    put(
        Layer.class,
        new Relu(),
        null,
        new Conv2d(2, 3),
        new Linear(4),
        new Flatten(),
        OwnCode.layer());
    put(CustomLayer.class, OwnCode.layer(), null);
    CustomLayer.Forward pass = CustomLayer.Forward.of(OwnCode.layer(), IMAGE, 2, true);
    put(CustomLayer.Forward.class, pass, null);
    CustomLoss own = values -> 1;
    put(CustomLoss.class, own, null);
    put(CustomLoss.Pass.class, CustomLoss.Pass.of(Shape.of(4), Shape.of(2), 2), null);
    put(CustomLayer.Backward.class, CustomLayer.Backward.of(pass), null);
    put(Parameter.class, new Parameter("p", Shape.of(2), 2), null, new Parameter(null, null, -1));
    put(Buffer.class, new Buffer("b", Shape.of(2), 0), null, new Buffer(null, null, 0));
    put(Optimizer.class, new Sgd(0.1f), null, new Adam(), new Muon(), new RmsProp(), new Sgd(1, 1));
    put(Loss.class, new CrossEntropy(), null, new Mse(), new CrossEntropy(0, new float[9], MEAN));
    put(Init.class, Init.kaimingNormal(), null, Init.dirac(), Init.constant(1), OwnCode.INIT);
    put(CustomInit.class, OwnCode.INIT, null);
    put(Augmentation.class, new RandomCrop(2), null, new AlternatingFlip(), OwnCode.AUGMENTATION);
    put(Mix.class, new MixUp(), null, new CutMix());
    put(Sampler.class, Sampler.SEQUENTIAL, null, (Sampler) (n, epoch, random) -> new int[1]);
    put(BoxMove.class, (BoxMove) (a, b, c, d) -> new double[] {a, b, c, d}, null, noBox());
    put(AugmentedBoxes.class, AugmentedBoxes.of(IMAGE, 1, 1, 1, new RandomCrop(2)), null);
    put(RandomErasing.Fill.class, RandomErasing.Fill.MEAN, null);
    put(PaddingMode.class, PaddingMode.ZERO, null);
    put(Augmentation.class, new ColorJitter(0.1, 0.1, 0.1, 0.1), new RandAugment());
    put(CustomAugmentation.class, OwnCode.AUGMENTATION, null);
    put(RandomNumbers.class, RandomNumbers.of(1, 2, 3));
    put(Optimizer.class, OwnCode.optimizer(1), OwnCode.optimizer(Float.NaN));
    put(CustomOptimizer.class, OwnCode.optimizer(1), null, OwnCode.optimizer(-1));
    put(Schedule.class, Schedule.cosine(), null, (Schedule) at -> Double.NaN, OwnCode.schedule());
    put(Schedule.Position.class, new Schedule.Position(0, 4, 2), null);
    put(ParameterGroup.class, new ParameterGroup("*", 1), null, new ParameterGroup("none", 1));
    put(HeatMap.class, new HeatMap(12, 12, new float[144]), null);
    put(EarlyStopping.class, new EarlyStopping(1), null);
    put(Goal.class, Goal.LOSS, null, Goal.of("mean_iou"));
    put(ReduceOnPlateau.class, new ReduceOnPlateau(), null);
    put(LearningRateFinder.class, new LearningRateFinder(1e-4, 1, 4, 4), null);
    LearningRateCurve.Point point = new LearningRateCurve.Point(0.1, 1, 1);
    put(LearningRateCurve.Point.class, point, null);
    put(LearningRateCurve.class, new LearningRateCurve(List.of(point), false), null);
    profiles();
    put(Network.Node.class, new Network.Node("fc", new Linear(4), List.of(Network.INPUT)), null);
    put(History.Epoch.class, new History.Epoch(1, 1, 1, 1, 1, Optional.empty()), null);
    put(Evaluation.class, new Evaluation(1, 1, 1), null);
    metrics();
    put(TrainingListener.class, new TrainingListener() {}, null);
    Dataset data = Synthetic.quarters(2, 1);
    put(Dataset.class, data, null, data.slice(0, 0), data.withTargets(new float[2][4]));
    put(
        Dataset.class,
        Dataset.of("f", IMAGE, List.of("a"), new float[144], new int[1]),
        OwnCode.dataset());
    put(Dataset.class, data.withSamplesAsTargets(), data.withClasses(List.of("a", "b", "c", "d")));
    put(Dataset.Kind.class, Dataset.Kind.BYTES, null, Dataset.Kind.FLOATS);
    put(Normalization.class, Normalization.unit(1), null, Normalization.unit(5));
    pictures();
    boxes();
  }

  private static BoxMove noBox() {
    return (left, top, right, bottom) -> new double[1];
  }

  private void boxes() {
    Box box = new Box(1, 2, 5, 9);
    put(Box.class, box, null, new Box(0, 0, 0, 0), new Box(-1e38, -1e38, 1e38, 1e38));
    put(Detection.class, new Detection(box, 0, "a", 0.9), null);
    Mask mask = Mask.of(1, 2, 2, 1, true, true);
    put(Detection.class, new Detection(box, 0, "a", 0.9).mask(mask));
    put(Mask.class, mask, null, Mask.of(0, 0, 0, 0), Mask.of(Integer.MAX_VALUE - 1, 0, 1, 1, true));
    put(CocoRle.class, new CocoRle(new Size(1, 2), List.of(1, 1)), null);
    put(KeyPoint.class, new KeyPoint(1, 2, 0.5), null, new KeyPoint(-1e300, 1e300, 0));
    put(
        GroundTruthBox.class,
        new GroundTruthBox(box, 0),
        null,
        new GroundTruthBox(box, 3, true, 1e300));
    put(Nms.class, new Nms(), null);
    DecodedBoxes decoder = new DecodedBoxes("fc", "fc", 0);
    put(
        BoxDecoder.class,
        decoder,
        null,
        YoloRows.v5("fc"),
        PointBoxes.of("fc", 8),
        new YoloPose("fc", 2),
        BlazeFace.shortRange(List.of("fc"), List.of("fc")),
        new YuNet(),
        new Scrfd(List.of(new Scrfd.Level(8, "fc", "fc", "fc")), 2),
        new YoloSeg("fc", "fc"));
    put(YuNet.Level.class, new YuNet.Level(8, "fc", "fc", "fc", "fc"), null);
    put(Scrfd.Level.class, new Scrfd.Level(8, "fc", "fc", "fc"), null);
    put(FaceAlignment.class, FaceAlignment.arcFace(), null);
    put(PoseCrop.class, new PoseCrop(box, Size.of(4), false), null);
    HeatMapPose.Refinement refinement = HeatMapPose.Refinement.UDP;
    put(HeatMapPose.Refinement.class, refinement, null);
    put(
        PoseDecoder.class,
        new HeatMapPose("fc", refinement),
        null,
        new HeatMapPose("conv"),
        new SimCcPose("fc", "fc"));
    put(SimilarityTransform.class, new SimilarityTransform(1, 2, 3, 4), null);
    put(DetectionTask.class, new DetectionTask(decoder, List.of()), null);
    put(DetectionTask.class, new DetectionTask(new YoloRows("fc", true, true), List.of("a")));
    put(YoloHeads.Anchor.class, new YoloHeads.Anchor(1, 2), null);
    List<YoloHeads.Anchor> anchors = List.of(new YoloHeads.Anchor(1, 2));
    put(YoloHeads.Head.class, new YoloHeads.Head("fc", 8, anchors), null);
    put(PointBoxes.Level.class, new PointBoxes.Level(8, List.of("fc")), null);
    BoxSample sample = new BoxSample(Path.of("a.png"), new Size(9, 9), List.of());
    put(BoxSample.class, sample, null);
    put(BoxSet.class, new BoxSet(List.of("a"), List.of(sample)), null);
    Placement.Axis axis = new Placement.Axis(9, 9, 0, 9);
    put(Placement.Axis.class, axis, null);
    put(Placement.class, new Placement(axis, axis), null);
    put(
        MeanAveragePrecision.class,
        MeanAveragePrecision.coco(),
        MeanAveragePrecision.voc(),
        MeanAveragePrecision.voc(0.5, true));
  }

  private void pictures() {
    put(
        Image.class,
        Image.of(IMAGE, new byte[144]),
        null,
        Image.of(Shape.of(3, 1, 2), new byte[6]));
    Preprocessing grey = Preprocessing.of(Normalization.unit(1));
    put(Preprocessing.class, grey, null, grey.size(Size.of(1)).fit(Preprocessing.Fit.FIT));
    put(Path.class, Path.of("none.png"), null, Path.of(""), Path.of("/"));
    put(InputStream.class, InputStream.nullInputStream(), null);
  }

  private static final Loss.Reduction MEAN = Loss.Reduction.MEAN;

  private void profiles() {
    Engine.Speed speed = new Engine.Speed(1, 1);
    put(Engine.Speed.class, speed, null);
    put(Pass.class, Pass.NONE, null);
    LayerTimes.Row row =
        new LayerTimes.Row("fc", "linear", "bf16", List.of(), Pass.NONE, Pass.NONE);
    put(LayerTimes.Row.class, row, null);
    put(
        LayerTimes.Operator.class,
        new LayerTimes.Operator("linear", 1, Pass.NONE, Pass.NONE),
        null);
    put(LayerTimes.class, new LayerTimes(1, 1, List.of(row), 0, 2, speed), null);
  }

  private void metrics() {
    ConfusionMatrix matrix = ConfusionMatrix.of(List.of(), new long[] {1, 2}, new long[2]);
    put(ConfusionMatrix.class, matrix, null);
    Report.Row row = new Report.Row("a", 2, Map.of("f1", Double.NaN));
    put(Report.Row.class, row, null);
    put(Report.class, new Report(Map.of("fc", 0.5), matrix, List.of(row)), null);
    put(Integer.class, 1, null, -1, Integer.MAX_VALUE);
    put(
        Scorer.class,
        Scorer.singleLabel(2, List.of(), Outputs.LOGITS),
        Scorer.multiLabel(2, List.of(), Outputs.LOGITS),
        Scorer.pixelClasses(2, List.of(), null),
        Scorer.regression(2, List.of()),
        Scorer.image());
  }

  private void holders() {
    Network network =
        Network.builder("n", IMAGE)
            .add("conv", new Conv2d(2, 3))
            .add("pool", new MaxPool2d(2))
            .add("flat", new Flatten())
            .add("fc", new Linear(4))
            .build();
    put(
        Network.class,
        network,
        null,
        Network.of("own", Shape.of(4), OwnCode.layer(), new Linear(2)));
    put(TrainerBuilder.class, Trainer.builder(network).memoryLimit(1 << 20));
    put(NetworkBuilder.class, Network.builder("n", IMAGE), Network.builder(null));
    ModelData model = ModelData.untrained(network, 1);
    put(ModelData.class, model, null);
    put(Model.class, opened(Model.of(model)), null, closed(Model.of(model)));
    put(Explainer.class, opened(Explainer.of(model)), null);
    Model maps = opened(Model.of(model));
    put(PoseEstimator.class, new PoseEstimator(maps, new HeatMapPose("fc")), null);
    quantization(model);
    dense();
    Trainer trainer = opened(Trainer.builder(network).batch(2).build());
    put(Trainer.class, trainer, null, closed(Trainer.builder(network).build()));
    put(TrainingState.class, trainer.state(), null);
    Sent sent = new Sent(new ArrayList<>());
    try {
      trainer.fit(sent, new LocalSgd(1), 1, new TrainingListener() {});
    } catch (DataException e) {
      put(Round.class, sent.rounds.get(0), null); // nothing was brought
    }
    put(GradientExchange.class, sent, null);
    put(Contribution.class, Contribution.NONE, null);
    put(LocalSgd.class, new LocalSgd(2), null);
    put(TrainingState.Progress.class, new TrainingState.Progress(0, 0, 0, 0, null), null);
  }

  private void dense() {
    ModelData data = ModelData.untrained(Network.of("map", IMAGE, new Relu()), 1);
    Model model = opened(Model.of(data));
    put(BackgroundRemoval.class, BackgroundRemoval.of(model), null);
    put(DepthEstimation.class, DepthEstimation.of(model), null);
    put(TiledPrediction.class, TiledPrediction.of(model), null);
    put(Tiles.class, Tiles.of(12, 4), null, Tiles.of(Integer.MAX_VALUE, 0), Tiles.of(1, 0));
    put(AlphaMask.class, AlphaMask.of(12, 12, new float[144]), null);
    put(DepthMap.class, DepthMap.of(12, 12, new float[144]), null);
  }

  private void quantization(ModelData model) {
    put(Quantization.class, Quantization.of(model), null);
    put(CalibrationMethod.class, CalibrationMethod.ENTROPY, null);
    QuantizationReport.LayerError error =
        new QuantizationReport.LayerError("fc", "linear", true, 40, 30, Double.NaN);
    put(QuantizationReport.LayerError.class, error, null);
    QuantizationReport report = new QuantizationReport(List.of(error), 1, 8, 2, 1, 1);
    put(QuantizationReport.class, report, null);
    put(QuantizedModel.class, new QuantizedModel(model, report), null);
  }

  /** Keeps the rounds that a trainer sends, and brings nothing. */
  private record Sent(List<Round> rounds) implements GradientExchange {
    @Override
    public String name() {
      return "sent";
    }

    @Override
    public List<Integer> sizes() {
      return List.of(2);
    }

    @Override
    public Contribution round(Round round) {
      rounds.add(round);
      return Contribution.NONE;
    }
  }

  private <C extends AutoCloseable> C opened(C resource) {
    open.add(resource);
    return resource;
  }

  private static Model closed(Model m) {
    m.close();
    return m;
  }

  private static Trainer closed(Trainer t) {
    t.close();
    return t;
  }

  /** All values of a type, the usual one first; none where the type is not known. */
  List<Object> of(Type type) {
    if (type instanceof ParameterizedType p) {
      return ofGeneric((Class<?>) p.getRawType(), p.getActualTypeArguments());
    }
    Class<?> raw = type instanceof Class<?> c ? c : Object.class;
    if (byType.containsKey(raw)) {
      return byType.get(raw);
    }
    if (raw.isEnum()) {
      List<Object> all = new ArrayList<>(Arrays.asList(raw.getEnumConstants()));
      all.add(null);
      return all;
    }
    if (raw.isArray()) {
      return arrays(raw.getComponentType());
    }
    return List.of();
  }

  private List<Object> arrays(Class<?> component) {
    List<Object> all = new ArrayList<>();
    Object one = Array.newInstance(component, 1);
    Object hole = Array.newInstance(component, 1);
    Array.set(one, 0, of(component).get(0));
    all.add(one);
    all.add(null);
    all.add(Array.newInstance(component, 0));
    all.add(hole);
    return all;
  }

  private List<Object> ofGeneric(Class<?> raw, Type[] arguments) {
    List<Object> inner = of(arguments[arguments.length - 1]);
    Object usual = inner.isEmpty() ? null : inner.get(0);
    List<Object> all = new ArrayList<>();
    if (raw == List.class) {
      all.add(Collections.singletonList(usual));
      all.add(null);
      all.add(List.of());
      all.add(Collections.singletonList(null));
      all.add(Arrays.asList(usual, usual));
    } else if (raw == Map.class) {
      all.add(Collections.singletonMap("fc", usual));
      all.add(null);
      all.add(Map.of());
      all.add(Collections.singletonMap("fc", null));
      all.add(Collections.singletonMap(null, usual));
    }
    return all;
  }

  @Override
  public void close() {
    for (int i = open.size() - 1; i >= 0; i--) {
      try {
        open.get(i).close();
      } catch (Exception e) {
        throw new AssertionError("closes no longer", e);
      }
    }
  }
}
