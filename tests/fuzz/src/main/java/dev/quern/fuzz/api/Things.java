package dev.quern.fuzz.api;

import dev.quern.data.Image;
import dev.quern.dense.AlphaMask;
import dev.quern.dense.BackgroundRemoval;
import dev.quern.dense.DepthEstimation;
import dev.quern.dense.DepthMap;
import dev.quern.dense.TiledPrediction;
import dev.quern.dense.Tiles;
import dev.quern.eager.Eager;
import dev.quern.engine.Engine;
import dev.quern.error.QuernException;
import dev.quern.io.ArrayFiles;
import dev.quern.io.ArrayFilesBuilder;
import dev.quern.io.IoDoor;
import dev.quern.io.NetworkJson;
import dev.quern.io.NumpyFile;
import dev.quern.io.dataset.CsvFile;
import dev.quern.io.dataset.CsvFileBuilder;
import dev.quern.io.dataset.ImageFolder;
import dev.quern.io.dataset.ImageFolderBuilder;
import dev.quern.io.dataset.RemoteFile;
import dev.quern.io.pretrained.Pretrained;
import dev.quern.layer.LayerType;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.TrainableTensor;
import dev.quern.metric.ConfusionMatrix;
import dev.quern.network.LayerTypes;
import dev.quern.network.Network;
import dev.quern.optim.CustomOptimizer;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.predict.Prediction;
import dev.quern.profile.LayerTimes;
import dev.quern.profile.Pass;
import dev.quern.recipe.Recipe;
import dev.quern.reference.NdArray;
import dev.quern.report.RunReport;
import dev.quern.serve.BatchingModel;
import dev.quern.serve.ModelServer;
import dev.quern.serve.TensorValues;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.train.Contribution;
import dev.quern.train.GradientExchange;
import dev.quern.train.LearningRateFinder;
import dev.quern.train.LocalSgd;
import dev.quern.train.Round;
import dev.quern.train.TrainingListener;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** A case's objects: those of its world, and what its calls returned. */
final class Things {
  private static final int MOST = 200;
  private static final String CODEC_VALUES = "{\"a\": 1, \"d\": [1, 2], \"input\": {\"a\": \"b\"}}";

  /** How the classes are made whose constructors and factories do not go together by chance. */
  private static final Map<String, Function<World, Object>> MADE = new HashMap<>();

  private static final Map<Class<?>, List<Executable>> MAKERS = new ConcurrentHashMap<>();

  static {
    MADE.put("dev.quern.network.Network", w -> w.network);
    MADE.put("dev.quern.train.TrainerBuilder", World::builder);
    MADE.put("dev.quern.train.Trainer", World::trainer);
    MADE.put("dev.quern.predict.Model", World::model);
    MADE.put("dev.quern.predict.ModelData", World::modelData);
    MADE.put("dev.quern.train.TrainingState", World::state);
    MADE.put("dev.quern.train.LearningRateFinder", w -> new LearningRateFinder(1e-4, 1, 4, 4));
    MADE.put("dev.quern.profile.LayerTimes", w -> layerTimes());
    MADE.put("dev.quern.profile.LayerTimes$Row", w -> layerTime());
    MADE.put("dev.quern.profile.LayerTimes$Operator", w -> layerTimes().operators().get(0));
    MADE.put("dev.quern.profile.Pass", w -> layerTime().both());
    MADE.put("dev.quern.engine.Engine$Speed", w -> layerTimes().speed());
    MADE.put("dev.quern.train.Round", Things::round);
    MADE.put("dev.quern.train.Contribution", w -> Contribution.NONE);
    MADE.put("dev.quern.tensor.Arena", w -> w.arena);
    MADE.put("dev.quern.tensor.Tensor", Things::tensor);
    MADE.put("dev.quern.tensor.Shape", Things::shape);
    MADE.put("dev.quern.data.Dataset", w -> w.samples);
    MADE.put("dev.quern.data.Image", w -> Image.of(Shape.of(1, 3, 3), new byte[9]));
    MADE.put("dev.quern.dense.AlphaMask", w -> AlphaMask.of(3, 3, new float[9]));
    MADE.put("dev.quern.dense.DepthMap", w -> DepthMap.of(3, 3, new float[9]));
    MADE.put("dev.quern.dense.Tiles", w -> Tiles.of(3, w.draw.below(2)));
    MADE.put("dev.quern.dense.BackgroundRemoval", w -> BackgroundRemoval.of(mapModel(w)));
    MADE.put("dev.quern.dense.DepthEstimation", w -> DepthEstimation.of(mapModel(w)));
    MADE.put("dev.quern.dense.TiledPrediction", w -> TiledPrediction.of(mapModel(w)));
    MADE.put(
        "dev.quern.metric.ConfusionMatrix",
        w -> ConfusionMatrix.of(List.of("a", "b"), new long[] {3, 1}, new long[] {0, 2}));
    MADE.put(
        "dev.quern.predict.Prediction$PixelClasses",
        w -> new Prediction.PixelClasses(List.of(), Shape.of(1, 2), new int[2], new float[2]));
    MADE.put("dev.quern.data.Normalization", w -> Settings.normalization(w.draw));
    MADE.put("dev.quern.layer.Layer", w -> Layers.any(w.draw, w.network.input()));
    MADE.put("dev.quern.layer.LayerType", w -> w.draw.of(LayerTypes.all()));
    MADE.put("dev.quern.layer.LayerType$Options", w -> LayerType.of("own", Linear.class));
    MADE.put("dev.quern.recipe.Recipe", w -> w.draw.of(Recipe.all()));
    MADE.put("dev.quern.layer.shape.Constant", w -> new Constant(Shape.of(2), new float[] {1, 2}));
    MADE.put("dev.quern.layer.shape.TrainableTensor", w -> new TrainableTensor(2));
    MADE.put("dev.quern.layer.CustomLayer", w -> new OwnLayer(w.draw.split(), null));
    MADE.put("dev.quern.loss.Loss", w -> w.draw.once(2) ? w.loss : Settings.loss(w.draw));
    MADE.put("dev.quern.optim.Optimizer", w -> Settings.optimizer(w.draw));
    MADE.put("dev.quern.loss.CustomLoss", w -> new OwnLoss("own", w.draw.below(4)));
    MADE.put("dev.quern.optim.CustomOptimizer$Step", w -> optimizerStep());
    MADE.put("dev.quern.optim.Schedule", w -> Settings.schedule(w.draw, 3));
    MADE.put("dev.quern.init.Init", w -> Settings.init(w.draw));
    MADE.put("dev.quern.augment.Augmentation", w -> Settings.augmentation(w.draw)[0]);
    MADE.put("dev.quern.augment.Mix", w -> Settings.mix(w.draw));
    MADE.put("dev.quern.network.NetworkBuilder", w -> Network.builder("net", Nets.input(w.draw)));
    MADE.put("dev.quern.io.CodecValues", w -> IoDoor.values(CODEC_VALUES));
    MADE.put("dev.quern.io.dataset.RemoteFile", Things::remoteFile);
    MADE.put("dev.quern.io.pretrained.Pretrained", w -> Pretrained.of("mnist"));
    MADE.put("dev.quern.report.RunReport", w -> RunReport.of(w.modelData()).build());
    MADE.put("dev.quern.report.RunReportBuilder", w -> RunReport.of(w.modelData()));
    MADE.put("dev.quern.serve.BatchingModel", Things::batching);
    MADE.put("dev.quern.serve.BatchingModel$Builder", w -> BatchingModel.builder(w.model()));
    MADE.put("dev.quern.serve.ModelServer", w -> closed(w, ModelServer.builder().build()));
    MADE.put("dev.quern.serve.ModelServer$Builder", w -> ModelServer.builder());
    MADE.put("dev.quern.serve.TensorValues", w -> new TensorValues(Shape.of(1, 2), new float[2]));
    MADE.put("dev.quern.reference.NdArray", w -> array(w, shape(w)));
  }

  private final World world;
  private final Draw draw;
  private final Folder folder;
  private final Answers answers;
  private final List<Object> pool = new ArrayList<>();

  Things(World world, Folder folder, Answers answers) {
    this.world = world;
    this.draw = world.draw;
    this.folder = folder;
    this.answers = answers;
  }

  /** Keeps what a call returned, for later calls; with what is in it, where that is a list. */
  void keep(Object value) {
    if (value instanceof AutoCloseable a) {
      world.opened(a);
    }
    if (value instanceof Network n && n.nodes().size() > 40) {
      return; // its plans take longer than a thousand cases
    }
    if (value != null && pool.size() < MOST) {
      pool.add(value);
    }
  }

  /** A value of an API type or an interface; null where none can be made. */
  Object of(Class<?> type, Values values, int depth) {
    List<Object> like = pool.stream().filter(type::isInstance).toList();
    if (!like.isEmpty() && draw.once(2)) {
      return draw.of(like);
    }
    Function<World, Object> made = made(type);
    if (made != null && (depth <= 0 || !draw.once(4))) {
      return refusedIsNull(() -> made.apply(world));
    }
    if (type.isInterface() && !type.isSealed()) {
      return answers.proxy(type, values);
    }
    if (type == Object.class) {
      return pool.isEmpty() ? world.network : draw.of(pool);
    }
    return depth <= 0 ? null : construct(type, values, depth);
  }

  /** A model whose output is a map, and an image. */
  private static Model mapModel(World w) {
    Network network = Network.of("map", Shape.of(1, 3, 3), new Relu());
    return w.opened(Model.of(ModelData.untrained(network, 1)));
  }

  private static LayerTimes layerTimes() {
    return new LayerTimes(1, 1, List.of(layerTime()), 0, 1, new Engine.Speed(1, 1));
  }

  private static LayerTimes.Row layerTime() {
    Pass pass = new Pass(0.5, 1, 1);
    return new LayerTimes.Row("fc", "linear", "bf16", List.of("act"), pass, pass);
  }

  /** What a trainer sends; null where it does not come to that. */
  private static Round round(World w) {
    Round[] sent = new Round[1];
    GradientExchange keeps =
        new GradientExchange() {
          @Override
          public String name() {
            return "kept";
          }

          @Override
          public List<Integer> sizes() {
            return List.of(w.samples.size());
          }

          @Override
          public Contribution round(Round round) {
            sent[0] = round;
            return Contribution.NONE;
          }
        };
    try {
      w.trainer().fit(keeps, new LocalSgd(1 + w.draw.below(3)), 1, new TrainingListener() {});
    } catch (QuernException e) {
      return sent[0]; // nothing was brought
    }
    return sent[0];
  }

  private Function<World, Object> made(Class<?> type) {
    if (type == ImageFolderBuilder.class) {
      return w -> pictures();
    }
    if (type == ArrayFilesBuilder.class) {
      return w -> ArrayFiles.builder(folder.arrays());
    }
    if (type == ArrayFiles.class) {
      return w -> closed(w, ArrayFiles.builder(folder.arrays()).split(0.5, 1).open());
    }
    if (type == CsvFileBuilder.class) {
      return w -> CsvFile.builder(folder.table());
    }
    if (type == CsvFile.class) {
      return w -> CsvFile.builder(folder.table()).label("c").split(0.5, 1).open();
    }
    if (type == NumpyFile.class) {
      return w -> closed(w, NumpyFile.open(folder.arrays().resolve("x.npy")));
    }
    if (FileThings.makes(type)) {
      return w -> FileThings.of(type, w, folder);
    }
    return type == ImageFolder.class ? w -> closed(w, pictures().open()) : MADE.get(type.getName());
  }

  private ImageFolderBuilder pictures() {
    return ImageFolder.builder(folder.pictures()).size(Size.of(4));
  }

  private static AutoCloseable batching(World w) {
    return closed(w, BatchingModel.builder(w.model()).build());
  }

  /** Which the world closes. */
  private static AutoCloseable closed(World w, AutoCloseable opened) {
    w.opened(opened);
    return opened;
  }

  /** By a public constructor or static factory, or a permitted subclass's. */
  private Object construct(Class<?> type, Values values, int depth) {
    if (type.isSealed()) {
      return values.of(draw.of(type.getPermittedSubclasses()), depth - 1);
    }
    List<Executable> makers = MAKERS.computeIfAbsent(type, Things::makers);
    if (makers.isEmpty()) {
      return null;
    }
    Executable maker = draw.of(makers);
    Object[] args =
        Arrays.stream(maker.getGenericParameterTypes()).map(t -> values.of(t, depth - 1)).toArray();
    Object thing = refusedIsNull(() -> made(maker, Calls.little(maker, args)));
    if (thing instanceof AutoCloseable a) {
      world.opened(a);
    }
    return thing;
  }

  private static List<Executable> makers(Class<?> type) {
    return PublicApi.executables().stream()
        .filter(e -> e.getDeclaringClass() == type || e.getDeclaringClass() == Eager.class)
        .filter(e -> e instanceof Constructor<?> || isFactory((Method) e, type))
        .toList();
  }

  private static boolean isFactory(Method m, Class<?> type) {
    return Modifier.isStatic(m.getModifiers()) && m.getReturnType() == type;
  }

  private static Object made(Executable maker, Object[] args) throws ReflectiveOperationException {
    return maker instanceof Constructor<?> c
        ? c.newInstance(args)
        : ((Method) maker).invoke(null, args);
  }

  private interface Making {
    Object make() throws ReflectiveOperationException;
  }

  /** Whether refusing is right is asked where the same method is called as such. */
  private static Object refusedIsNull(Making making) {
    try {
      return making.make();
    } catch (InvocationTargetException | QuernException e) {
      return null;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  String text(Draw d) {
    List<String> all = new ArrayList<>(List.of("a", "input", "weight", "l0.weight", "*", "d"));
    all.addAll(List.of("cosine", "step:3", "resnet20", "lenet", "mnist", "class 0"));
    all.addAll(world.network.parameters().keySet());
    if (d.once(6)) {
      return json();
    }
    return d.of(all);
  }

  private String json() {
    try {
      return NetworkJson.write(world.network);
    } catch (QuernException e) {
      return "{}";
    }
  }

  Path path(Draw d) {
    try {
      return folder.path(d, world);
    } catch (UncheckedIOException | QuernException e) {
      return folder.top();
    }
  }

  private static Shape shape(World w) {
    return switch (w.draw.below(6)) {
      case 0 -> w.network.input();
      case 1 -> w.network.output();
      case 2 -> w.network.input().batch(w.draw.below(4));
      case 3 -> Shape.of(w.draw.between(1, 6), w.draw.between(1, 6));
      case 4 -> Nets.input(w.draw);
      default -> weightShape(w);
    };
  }

  private static Shape weightShape(World w) {
    List<Shape> all = new ArrayList<>(w.network.state().values());
    return all.isEmpty() ? Shape.of(3) : w.draw.of(all);
  }

  private static Object tensor(World w) {
    return w.draw.once(2) ? w.images(w.draw.below(4)) : w.tensor(shape(w));
  }

  private static CustomOptimizer.Step optimizerStep() {
    Map<String, double[]> states = Map.of("a", new double[2]);
    return new CustomOptimizer.Step(Shape.of(2), 1, 0.1, new double[2], new double[2], states);
  }

  private static NdArray array(World w, Shape s) {
    return NdArray.of(s, w.draw.floats((int) s.elements()));
  }

  private static RemoteFile remoteFile(World w) {
    return new RemoteFile(URI.create("https://localhost/a.gz"), 1, "0".repeat(64));
  }
}
