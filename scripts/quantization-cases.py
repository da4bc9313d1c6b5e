# Layers that Keras quantized, for test/data/quantization/layers.json.gz:
# KERAS_BACKEND=jax python scripts/quantization-cases.py OUT
import base64, gzip, json, sys

import numpy as np, keras
from keras import layers, ops, quantizers
def arr(a):
    a=np.asarray(a)
    return {'dtype':str(a.dtype),'shape':list(a.shape),'data':base64.b64encode(np.ascontiguousarray(a).tobytes()).decode()}
rng=np.random.default_rng(0)
cases=[]
def grad(layer,x):
    import jax
    tv=[v.value for v in layer.trainable_variables]; ntv=[v.value for v in layer.non_trainable_variables]
    def f(x):
        y,_=layer.stateless_call(tv,ntv,x); return ops.sum(y*ops.cos(ops.arange(y.size,dtype='float32').reshape(y.shape)))
    return np.asarray(jax.grad(f)(x))
def run(name,layer,x,mode,config=None,lora=None,late=None,call_kwargs={},integer=False):
    layer(x)
    before=[arr(v) for v in layer.weights]
    if lora=='before': layer.enable_lora(2)
    if config is not None: layer.quantize(mode,config=config)
    else: layer.quantize(mode)
    if lora=='after': layer.enable_lora(2)
    if lora:
        for v in layer.trainable_variables:
            if 'lora' in v.name: v.assign(rng.normal(size=v.shape).astype('float32')*0.1)
    y=layer(x,**call_kwargs)
    class Store(dict): pass
    st={}
    layer.save_own_variables(st)
    c={'name':name,'class_name':type(layer).__name__,'config':keras.saving.serialize_keras_object(layer)['config'],'mode':mode,
       'quantization':keras.saving.serialize_keras_object(config) if config is not None else None,
       'lora':lora,'x':arr(x),'before':before,'weights':[[v.name,arr(v)] for v in layer.weights],'y':arr(y),
       'saved':[arr(v) for v in st.values()],'policy':layer.dtype_policy.name,'call':call_kwargs}
    if not integer: c['gradient']=arr(grad(layer,np.asarray(x)))
    cases.append(c)
f=lambda *s: rng.normal(size=s).astype('float32')
D=lambda units,**k: layers.Dense(units,name='d',**k)
Q=quantizers
run('dense int8',D(3,activation='relu'),f(4,5),'int8')
run('dense int8 of three axes',D(3,use_bias=False),f(2,3,5),'int8')
run('dense int8 of weights alone',D(3),f(4,5),'int8',Q.Int8QuantizationConfig(activation_quantizer=None))
run('dense int8, narrower range',D(3),f(4,5),'int8',Q.Int8QuantizationConfig(weight_quantizer=Q.AbsMaxQuantizer(axis=0,value_range=(-50,50)),activation_quantizer=Q.AbsMaxQuantizer(axis=-1,value_range=(-50,50))))
run('dense int4 in blocks',D(5),f(4,10),'int4',Q.Int4QuantizationConfig(block_size=4))
run('dense int4',D(5),f(4,10),'int4')
run('dense int4 a channel',D(5),f(4,10),'int4',Q.Int4QuantizationConfig(block_size=None))
run('dense int4 of both',D(4),f(4,10),'int4',Q.Int4QuantizationConfig(block_size=-1,activation_quantizer=Q.AbsMaxQuantizer()))
for lora in ('before','after'):
    run('dense int8, lora '+lora,D(3),f(4,5),'int8',lora=lora)
    run('dense int4 blocks, lora '+lora,D(3),f(4,5),'int4',Q.Int4QuantizationConfig(block_size=2),lora=lora)
    run('dense int4 a channel, lora '+lora,D(3),f(4,5),'int4',Q.Int4QuantizationConfig(block_size=None),lora=lora)
E_=lambda eq,os_,**k: layers.EinsumDense(eq,os_,name='e',**k)
for eq,os_,s in [('abc,cd->abd',(None,6),(2,3,5)),('abc,cde->abde',(None,2,4),(2,3,6)),('abcd,cde->abe',(None,5),(2,3,2,4)),('abc,dc->abd',(None,4),(2,3,6))]:
    bias='d' if eq.endswith('abd') else None
    run('einsum int8 '+eq,E_(eq,os_,bias_axes=bias),f(*s),'int8')
    run('einsum int4 '+eq,E_(eq,os_),f(*s),'int4',Q.Int4QuantizationConfig(block_size=2))
    if eq!='abc,dc->abd': run('einsum int4 of both '+eq,E_(eq,os_),f(*s),'int4',Q.Int4QuantizationConfig(block_size=None,activation_quantizer=Q.AbsMaxQuantizer()))
run('einsum int8 lora',E_('abc,cd->abd',(None,6)),f(2,3,5),'int8',lora='after')
run('einsum int4 lora',E_('abc,cd->abd',(None,6)),f(2,3,5),'int4',Q.Int4QuantizationConfig(block_size=2),lora='after')
ids=np.array([[0,3],[6,2]],'int32')
for cls,kw in [(layers.Embedding,{}),(layers.ReversibleEmbedding,{'tie_weights':True}),(layers.ReversibleEmbedding,{'tie_weights':False})]:
    for mode,conf in [('int8',None),('int4',Q.Int4QuantizationConfig(block_size=2)),('int4',Q.Int4QuantizationConfig(block_size=None))]:
        tag=f"{cls.__name__} {kw.get('tie_weights','')} {mode} {getattr(conf,'block_size','')}"
        mk=lambda: cls(7,5,name='t',mask_zero=True,**kw)
        run(tag,mk(),ids,mode,conf,integer=True)
        if cls is layers.Embedding: run(tag+' lora',mk(),ids,mode,conf,lora='after',integer=True)
        else:
            l=mk(); l(ids); before=[arr(v) for v in l.weights]; l.quantize(mode,config=conf) if conf is not None else l.quantize(mode)
            x=f(3,5); cases.append({'name':tag+' back','class_name':cls.__name__,'config':keras.saving.serialize_keras_object(l)['config'],'mode':mode,'quantization':keras.saving.serialize_keras_object(conf) if conf is not None else None,'lora':None,'x':arr(x),'ids':arr(ids),'before':before,'weights':[[v.name,arr(v)] for v in l.weights],'y':arr(l(x,reverse=True)),'saved':None,'policy':l.dtype_policy.name,'call':{'reverse':True}})
plain=lambda o: o.item() if hasattr(o,'item') else str(o)
open(sys.argv[1],'wb').write(gzip.compress(json.dumps({'cases':cases},default=plain).encode(),9,mtime=0))
