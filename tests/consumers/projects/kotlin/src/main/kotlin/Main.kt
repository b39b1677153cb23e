import dev.quern.io.dataset.Datasets
import dev.quern.io.dataset.Split
import dev.quern.layer.Conv2d
import dev.quern.layer.Flatten
import dev.quern.layer.Linear
import dev.quern.layer.MaxPool2d
import dev.quern.layer.activation.Relu
import dev.quern.network.Network
import dev.quern.predict.Model
import dev.quern.train.Trainer
import java.nio.ByteBuffer

fun main() {
    val train = Datasets.load("fashion-mnist-sample", Split.TRAIN).slice(0, 2000)
    val test = Datasets.load("fashion-mnist-sample", Split.TEST)
    val network = Network.of("small", train.shape(), Conv2d(8, 3), Relu(), MaxPool2d(2), Flatten(), Linear(10))
    val data = Trainer.builder(network).normalization(train.normalization()).build().use { trainer ->
        trainer.fit(train, 1)
        println(trainer.evaluate(test))
        trainer.modelData(train.classes(), mapOf())
    }
    Model.of(data).use { model ->
        val pixels = ByteArray(train.shape().elements().toInt())
        test.copyBytes(0, ByteBuffer.wrap(pixels))
        println("predicted ${model.classify(pixels, 1).first().label}")
    }
}
