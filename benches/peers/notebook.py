"""Times the way of the thesis' notebook for one photo: `run.py` starts it in a process of its own.

    python benches/peers/notebook.py [--runs 3]

Section 4.2: a Keras model for each convolutional layer, which has the photo as input and the layer's feature maps as
output; then the gradients with TensorFlow's `GradientTape`, gated and pooled. Prints the median seconds of a photo, the
first one not counted, without clustering. Weights are random: the time does not depend on their values.
"""
import argparse, os, statistics, time

os.environ.update(
    TF_NUM_INTRAOP_THREADS="2", TF_NUM_INTEROP_THREADS="2", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES=""
)
import numpy as np
import tensorflow as tf
from tensorflow import keras

SIDE, CLASSES = 256, 10


def network():
    """VGG-16's convolutions with dense layers behind them, as in Figure 14."""
    photo = keras.Input((SIDE, SIDE, 3))
    trunk = keras.applications.VGG16(weights=None, include_top=False, input_tensor=photo)
    return keras.Model(photo, keras.layers.Dense(CLASSES)(keras.layers.Flatten()(trunk.output)))


def explained(model, photo):
    """Feature maps and weights of every convolution."""
    found = []
    for layer in model.layers:
        if not isinstance(layer, keras.layers.Conv2D):
            continue
        maps = keras.Model(model.input, layer.output).predict(photo, verbose=0)
        both = keras.Model(model.input, [layer.output, model.output])
        with tf.GradientTape() as tape:
            activation, scores = both(photo)
            score = scores[:, tf.argmax(scores[0])]
        gradient = tape.gradient(score, activation)
        gated = tf.cast(activation > 0, gradient.dtype) * tf.cast(gradient > 0, gradient.dtype) * gradient
        found.append((maps, tf.reduce_mean(gated, (0, 1, 2)).numpy()))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    model, photo = network(), np.random.rand(1, SIDE, SIDE, 3).astype(np.float32)
    assert len(explained(model, photo)) == 13
    times = []
    for _ in range(arguments.runs):
        start = time.perf_counter()
        explained(model, photo)
        times.append(time.perf_counter() - start)
    print(statistics.median(times))


if __name__ == "__main__":
    main()
