# Models that Keras quantized, for test/data/quantization/models.json.gz and .keras files beside it:
# KERAS_BACKEND=jax python scripts/quantization-models.py OUT_FOLDER; the .keras files are then compressed with gzip -9n
import base64, gzip, json, os, sys, builtins
import numpy as np, keras
from keras import layers, ops, quantizers
from contextlib import contextmanager
from keras.src.quantizers import awq_core, gptq_core
# Keras's samples begin where the hash of a string says, which differs from process to process.
gptq_core.hash=lambda x: 0
# Keras 3.15.1 watches `call`, which layers that are to be quantized no longer use: its calibration sees nothing.
def watching(method, update):
    @contextmanager
    def watch(layers_map, objects):
        def hook(name, original):
            def call(*args, **kwargs):
                update(objects[name], ops.reshape(args[0], (-1, objects[name].rows)))
                return original(*args, **kwargs)
            return call
        before={name: getattr(layer, method) for name, layer in layers_map.items()}
        for name, layer in layers_map.items(): setattr(layer, method, hook(name, before[name]))
        yield
        for name, layer in layers_map.items(): setattr(layer, method, before[name])
    return watch
gptq_core.stream_hessians=watching('_gptq_call', lambda o, x: o.update_hessian_with_batch(x))
awq_core.stream_activations=watching('_awq_call', lambda o, x: o.update_activation_magnitudes(x))
out=sys.argv[1]
def arr(a):
    a=np.asarray(a)
    return {'dtype':str(a.dtype),'shape':list(a.shape),'data':base64.b64encode(np.ascontiguousarray(a).tobytes()).decode()}
cases=[]
def net(seed):
    keras.utils.set_random_seed(seed); keras.backend.clear_session()
    i=keras.Input((6,),dtype='int32',name='tokens')
    x=layers.Embedding(11,8,name='table')(i)
    b1=keras.Sequential([keras.Input((6,8)),layers.Dense(10,activation='relu',name='up'),layers.Dense(8,name='down')],name='one')
    b2=keras.Sequential([keras.Input((6,8)),layers.EinsumDense('abc,cde->abde',(None,2,3),name='heads'),layers.EinsumDense('abde,dec->abc',(None,8),name='out')],name='two')
    y=b2(b1(x)); y=layers.Dense(3,name='head')(layers.GlobalAveragePooling1D()(y))
    m=keras.Model(i,y,name='net')
    return m,b1,b2
tokens=np.random.default_rng(1).integers(0,11,(5,6)).astype('int32')
data=[np.random.default_rng(k).integers(0,11,(20,)).astype('int32') for k in range(3)]
def run(name,make,filters=None):
    m,b1,b2=net(3)
    before=[arr(v) for v in m.weights]
    structure={'pre_block_layers':[m.get_layer('table')],'sequential_blocks':[b1,b2]}
    mode,config=make(structure)
    m.quantize(mode,config=config,filters=filters) if config is not None else m.quantize(mode,filters=filters)
    conf=None
    if config is not None:
        own={k:v for k,v in config.get_config().items() if k!='quantization_layer_structure'}
        conf={'module':'keras.quantizers','class_name':type(config).__name__,'config':own,'registered_name':None}
    cases.append({'name':name,'mode':mode,'filters':filters,'quantization':conf,'before':before,'x':arr(tokens),'y':arr(m(tokens)),
       'weights':[[l.name,v.name,arr(v)] for l in m._flatten_layers() for v in l._trainable_variables+l._non_trainable_variables if l.name in ('up','down','heads','out','head','table')],
       'policies':{l.name:l.dtype_policy.name for l in m._flatten_layers() if l.name in ('up','down','heads','out','head','table')}})
    f=f"{name.replace(' ','_')}.keras"
    if mode not in('gptq','awq'): m.save(f'{out}/{f}'); cases[-1]['file']=f
Q=quantizers
tok=lambda s: s
G=lambda s,**k: ('gptq',Q.GPTQConfig(dataset=data,tokenizer=tok,num_samples=4,sequence_length=6,quantization_layer_structure=s,**k))
no_head='up|down|heads|out'
run('int8',lambda s:('int8',None))
run('int4',lambda s:('int4',Q.Int4QuantizationConfig(block_size=4)))
run('filtered',lambda s:('int8',None),filters='^(up|head)$')
run('gptq',lambda s:G(s,group_size=4),filters=no_head)
run('gptq of 8 bits',lambda s:G(s,group_size=-1,weight_bits=8),filters=no_head)
run('gptq symmetric',lambda s:G(s,group_size=4,symmetric=True,weight_bits=3),filters=no_head)
run('gptq in order',lambda s:G(s,group_size=4,activation_order=True),filters=no_head)
run('awq',lambda s:('awq',Q.AWQConfig(dataset=data,tokenizer=tok,num_samples=4,sequence_length=6,group_size=4,num_grid_points=5,quantization_layer_structure=s)),filters=no_head)
run('awq of all',lambda s:('awq',Q.AWQConfig(dataset=data,tokenizer=tok,num_samples=4,sequence_length=6,group_size=-1,num_grid_points=5,quantization_layer_structure=s)),filters=no_head)
plain=lambda o: o.item() if hasattr(o,'item') else None
open(f'{out}/models.json.gz','wb').write(gzip.compress(json.dumps({'cases':cases,'data':[arr(d) for d in data]},default=plain).encode(),9,mtime=0))
