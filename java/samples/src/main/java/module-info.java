/** The data set {@code fashion-mnist-sample}, for {@code Datasets.load}. */
module dev.quern.samples {}
